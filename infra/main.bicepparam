// Values of one deployment. There is no secret among them: those are put into the vault (docs/deploy.md).
using 'main.bicep'

param name = 'pluckit'
param modelCapacity = 100
param segmentationUrl = readEnvironmentVariable('SEGMENTATION_ENDPOINT_URL')
param corsAllowedOrigins = readEnvironmentVariable('CORS_ALLOWED_ORIGINS', '')
param adminUserIds = readEnvironmentVariable('ADMIN_USER_IDS', '')
param oidcIssuers = readEnvironmentVariable('OIDC_ISSUERS', '[]')
param fetchContact = readEnvironmentVariable('FETCH_CONTACT', '')
param otlpEndpoint = readEnvironmentVariable('OTEL_EXPORTER_OTLP_ENDPOINT', '')
param langfusePublicKey = readEnvironmentVariable('LANGFUSE_PUBLIC_KEY', '')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL')
param modelPrices = '{"gpt-4.1-mini": {"input": 0.4, "output": 1.6}}'
param extraSettings = json(readEnvironmentVariable('EXTRA_SETTINGS', '{}'))
param dailyModelCost = 20
