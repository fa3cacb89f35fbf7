// Everything the app needs in one resource group. docs/deploy.md has the commands and what was never run.
targetScope = 'resourceGroup'

@description('Short name that all resources carry.')
@minLength(3)
@maxLength(11)
param name string

@description('Region of everything but the model.')
param location string = resourceGroup().location

@description('Region of the model, where its version is offered.')
param modelLocation string = location

@description('Thousands of tokens a minute the model may be asked for.')
param modelCapacity int

@description('Posts a mask for a picture (docs/segmentation.md).')
param segmentationUrl string

@description('Exact origins of web clients, comma separated.')
param corsAllowedOrigins string

@description('User ids of administrators, comma separated.')
param adminUserIds string = ''

@description('JSON list of OpenID Connect issuers people sign in with (docs/auth.md).')
param oidcIssuers string

@description('URL or mail address in the User-Agent of what is fetched from others.')
param fetchContact string

@description('OpenTelemetry collector of the app; empty: the app tells nothing, the host still does.')
param otlpEndpoint string = ''

@description('Public key of Langfuse; empty: off.')
param langfusePublicKey string = ''

@description('JSON, USD per million tokens, as AI_PRICES has it; empty: cost is not told, and no alert is on it.')
param modelPrices string

@description('Further settings by name, over those of modules/app.bicep; secrets as references to a vault (docs/deploy.md).')
param extraSettings object = {}

@description('Where alerts are sent.')
param alertEmail string

@description('USD a day of model calls above which an alert is sent.')
param dailyModelCost int

@description('Most instances at a time; bounds what a flood can cost.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('Instances of HTTP functions that are always warm; 0 costs nothing and starts cold.')
param alwaysReady int = 0

var declared = loadJsonContent('containers.json')
var suffix = take(uniqueString(resourceGroup().id), 6)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-app'
  location: location
}

module watch 'modules/watch.bicep' = {
  name: 'watch'
  params: {
    name: name
    location: location
    principalId: identity.properties.principalId
  }
}

// Two accounts: the host's is full of leases and histories, and has the wider role; people's pictures are in the other.
module host 'modules/storage.bicep' = {
  name: 'host-storage'
  params: {
    name: toLower('${replace(name, '-', '')}host${suffix}')
    location: location
    principalId: identity.properties.principalId
    blobContainers: ['app-package']
    queues: []
    ofTheHost: true
  }
}

module data 'modules/storage.bicep' = {
  name: 'data-storage'
  params: {
    name: toLower('${replace(name, '-', '')}data${suffix}')
    location: location
    principalId: identity.properties.principalId
    blobContainers: declared.blobContainers
    queues: declared.queues
    ofTheHost: false
  }
}

module cosmos 'modules/cosmos.bicep' = {
  name: 'cosmos'
  params: {
    name: toLower('${name}-${suffix}')
    location: location
    principalId: identity.properties.principalId
    database: declared.database
    containers: declared.cosmosContainers
  }
}

module model 'modules/model.bicep' = {
  name: 'model'
  params: {
    name: toLower('${name}-model-${suffix}')
    location: modelLocation
    principalId: identity.properties.principalId
    capacity: modelCapacity
  }
}

module secrets 'modules/secrets.bicep' = {
  name: 'secrets'
  params: {
    name: '${name}-${suffix}'
    location: location
    principalId: identity.properties.principalId
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    name: '${name}-${suffix}'
    location: location
    identityId: identity.id
    identityClientId: identity.properties.clientId
    hostAccount: host.outputs.account
    packageContainer: '${host.outputs.blobs}app-package'
    dataBlobs: data.outputs.blobs
    dataQueues: data.outputs.queues
    cosmosEndpoint: cosmos.outputs.endpoint
    database: declared.database
    modelEndpoint: model.outputs.endpoint
    modelDeployment: model.outputs.deployment
    vaultUri: secrets.outputs.uri
    telemetry: watch.outputs.connection
    segmentationUrl: segmentationUrl
    corsAllowedOrigins: corsAllowedOrigins
    adminUserIds: adminUserIds
    oidcIssuers: oidcIssuers
    fetchContact: fetchContact
    otlpEndpoint: otlpEndpoint
    langfusePublicKey: langfusePublicKey
    modelPrices: modelPrices
    extraSettings: extraSettings
    maximumInstances: maximumInstances
    alwaysReady: alwaysReady
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    name: name
    location: location
    workspaceId: watch.outputs.workspaceId
    componentId: watch.outputs.componentId
    appUrl: app.outputs.url
    email: alertEmail
    dailyModelCost: dailyModelCost
    costIsTold: !empty(modelPrices)
  }
}

output functionApp string = app.outputs.name
output url string = app.outputs.url
output vault string = secrets.outputs.name
