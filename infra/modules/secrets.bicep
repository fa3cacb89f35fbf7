// A vault for what has no identity instead: our own signing keys and the keys of others. It is made empty.
param name string
param location string
param principalId string

var role = '4633458b-17de-408a-b874-0445c86b69e6' // Key Vault Secrets User: settings refer to secrets, nobody writes

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, principalId, role)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}

output name string = vault.name
output uri string = vault.properties.vaultUri
