// A Storage account that nobody enters by a shared key, with its blob containers and queues.
param name string
param location string
param principalId string
param blobContainers array
param queues array

@description('Whether the Functions host keeps its leases, package and Durable task hub here.')
param ofTheHost bool

// The host takes leases on blobs it makes itself, which takes an owner; the app only reads and writes.
var blobRole = ofTheHost
  ? 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' // Storage Blob Data Owner
  : 'ba92f5b4-2d11-453d-a403-e96b0029c9fe' // Storage Blob Data Contributor: pictures, turns, exports, delegated links
var queueRole = '974c5e8b-45b9-4653-ba55-5f855dd0fe88' // Storage Queue Data Contributor: jobs; Durable's control queues
var tableRole = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' // Storage Table Data Contributor: Durable's histories
var roles = ofTheHost ? [blobRole, queueRole, tableRole] : [blobRole, queueRole]

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
  // What is erased must be gone, so nothing is kept behind a deletion.
  properties: { deleteRetentionPolicy: { enabled: false }, isVersioningEnabled: false }
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2023-05-01' = {
  parent: account
  name: 'default'
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = [
  for container in blobContainers: {
    parent: blobService
    name: container
    properties: { publicAccess: 'None' }
  }
]

resource namedQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' = [
  for queue in queues: {
    parent: queueService
    name: queue
  }
]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roles: {
    scope: account
    name: guid(account.id, principalId, role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

output account string = account.name
output blobs string = account.properties.primaryEndpoints.blob
output queues string = account.properties.primaryEndpoints.queue
