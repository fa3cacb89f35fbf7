// The alerts of docs/operations.md, and somebody outside who asks every five minutes whether the app is there.
param name string
param location string
param workspaceId string
param componentId string
param appUrl string
param email string
param dailyModelCost int
param costIsTold bool

// An alert on what nobody tells would be silent for ever.
var rules = filter(loadJsonContent('../alerts.json'), rule => costIsTold || rule.name != 'cost')

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${name}-operators'
  location: 'global'
  properties: {
    groupShortName: take(name, 12)
    enabled: true
    emailReceivers: [{ name: 'operators', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource queries 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${name}-${rule.name}'
    location: location
    properties: {
      displayName: rule.title
      description: 'docs/operations.md#${rule.runbook}'
      severity: 2
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: rule.every
      windowSize: rule.window
      criteria: {
        allOf: [
          {
            query: rule.query
            metricMeasureColumn: 'value'
            timeAggregation: 'Maximum'
            operator: 'GreaterThan'
            threshold: rule.?above ?? dailyModelCost
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      autoMitigate: true
      actions: { actionGroups: [group.id] }
    }
  }
]

resource ready 'Microsoft.Insights/webtests@2022-06-15' = {
  name: '${name}-ready'
  location: location
  kind: 'standard'
  tags: { 'hidden-link:${componentId}': 'Resource' }
  properties: {
    SyntheticMonitorId: '${name}-ready'
    Name: '${name}-ready'
    Kind: 'standard'
    Enabled: true
    Frequency: 300
    Timeout: 30
    RetryEnabled: true
    Locations: [{ Id: 'emea-nl-ams-azr' }, { Id: 'us-va-ash-azr' }, { Id: 'apac-sg-sin-azr' }]
    Request: { RequestUrl: '${appUrl}/api/health/ready', HttpVerb: 'GET', ParseDependentRequests: false }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 7 }
  }
}

resource away 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-away'
  location: 'global'
  tags: { 'hidden-link:${componentId}': 'Resource', 'hidden-link:${ready.id}': 'Resource' }
  properties: {
    description: 'docs/operations.md#health'
    severity: 1
    enabled: true
    scopes: [ready.id, componentId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: ready.id
      componentId: componentId
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: group.id }]
  }
}
