// The function app on Flex Consumption, and its settings: no key among them, only references to the vault.
param name string
param location string
param identityId string
param identityClientId string
param hostAccount string
param packageContainer string
param dataBlobs string
param dataQueues string
param cosmosEndpoint string
param database string
param modelEndpoint string
param modelDeployment string
param vaultUri string
param telemetry string
param segmentationUrl string
param corsAllowedOrigins string
param adminUserIds string
param oidcIssuers string
param fetchContact string
param otlpEndpoint string
param langfusePublicKey string
param modelPrices string
param extraSettings object
param maximumInstances int
param alwaysReady int

// What a flood or a slip is bounded by is said here; all else keeps the defaults of docs/operations.md.
var settings = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: telemetry
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AZURE_CLIENT_ID: identityClientId
  AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential'
  AzureWebJobsStorage__accountName: hostAccount
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  StorageQueue__blobServiceUri: dataBlobs
  StorageQueue__queueServiceUri: dataQueues
  StorageQueue__credential: 'managedidentity'
  StorageQueue__clientId: identityClientId
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '26214400'
  COSMOS_DB_ENDPOINT: cosmosEndpoint
  COSMOS_DB_DATABASE: database
  AZURE_OPENAI_ENDPOINT: modelEndpoint
  AZURE_OPENAI_DEPLOYMENT: modelDeployment
  SEGMENTATION_ENDPOINT_URL: segmentationUrl
  SEGMENTATION_SHARED_TOKEN: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/segmentation-shared-token)'
  AUTH_SIGNING_KEYS: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/auth-signing-keys)'
  URL_SIGNING_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/url-signing-key)'
  OIDC_ISSUERS: oidcIssuers
  ADMIN_USER_IDS: adminUserIds
  CORS_ALLOWED_ORIGINS: corsAllowedOrigins
  FETCH_CONTACT: fetchContact
  TASTE_JOB_QUEUE_NAME: 'taste-jobs'
  TASTE_JOB_RECONCILE_SCHEDULE: '0 * * * * *'
  WEEKLY_DIGEST_SCHEDULE: '0 0 * * * *'
  SCRAPER_SCHEDULE: '0 */10 * * * *'
  LOG_FORMAT: 'json'
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta' // or each export counts all before it again, in sum(Sum)
}
var telling = empty(otlpEndpoint) ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint }
var langfuse = empty(langfusePublicKey) ? {} : {
  LANGFUSE_PUBLIC_KEY: langfusePublicKey
  LANGFUSE_SECRET_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/langfuse-secret-key)'
}
var priced = empty(modelPrices) ? {} : { AI_PRICES: modelPrices }

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: '${name}-plan'
  location: location
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    // No `cors` here: the app answers for itself, and the platform's answer would replace it.
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      healthCheckPath: '/api/health'
    }
    functionAppConfig: {
      runtime: { name: 'python', version: '3.13' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainer
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstances
        instanceMemoryMB: 2048
        alwaysReady: alwaysReady == 0 ? [] : [{ name: 'http', instanceCount: alwaysReady }]
        triggers: { http: { perInstanceConcurrency: 16 } }
      }
    }
  }
}

// All settings are replaced by these: what is set by hand is gone with the next deployment.
resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: site
  name: 'appsettings'
  properties: union(settings, telling, langfuse, priced, extraSettings)
}

// Publishing goes by OIDC and Entra; passwords for it are off.
resource basicPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = [
  for way in ['scm', 'ftp']: {
    parent: site
    name: way
    properties: { allow: false }
  }
]

output name string = site.name
output url string = 'https://${site.properties.defaultHostName}'
