export { clientDialects, type ClientDialect } from './client-dialects.ts'
export { settingsJsonSchema, type JsonSchema } from './settings/settings-json-schema.ts'
export { describeSettings, type SettingDescription } from './settings/describe-settings.ts'
export {
  findSetting,
  readSettings,
  settingEntries,
  SettingsError,
  writeSetting,
  type SettingEntry,
  type SettingProblem,
} from './settings/read-settings.ts'
export { type SettingFacts, type SettingGroup } from './settings/setting-facts.ts'
export { settingsSchema, type SettingName, type Settings } from './settings/settings.ts'
export { withoutOuterQuotes } from './settings/lenient-json.ts'
export { replacedSettings } from './settings/replaced-settings.ts'
export { proxyAddress } from './settings/setting-forms.ts'
export { fieldOf, inputProblems, paramOf } from './input-problems.ts'
export { errors, errorCodes, type ErrorCode } from './errors.ts'
export {
  endpoints,
  type EndpointAnswer,
  type EndpointInput,
  type EndpointName,
  type PlainEndpointName,
  type RawEndpointName,
} from './endpoints/endpoints.ts'
export { errorCodesOf, type Endpoint } from './endpoints/endpoint.ts'
export { openApiDocument } from './openapi.ts'
export { type AttemptView } from './endpoints/attempts.ts'
export { auditDetail, type AuditDetail } from './endpoints/audit.ts'
export { type CheckedProxy } from './endpoints/compat.ts'
export { type ErrorView } from './endpoints/compat-errors.ts'
export { type Finding, type JobView, type RejectedKey } from './endpoints/jobs.ts'
export {
  type ExportedKey,
  type KeyFilter,
  type KeySort,
  type KeyView,
  type WhichKeys,
} from './endpoints/keys.ts'
export {
  choices,
  laneStatuses,
  type DecisionView,
  type ExplanationView,
  type LaneView,
} from './endpoints/lanes.ts'
export { type ProjectView } from './endpoints/projects.ts'
export { type RefusalView } from './endpoints/refusals.ts'
export { type SettingValue, type SettingView } from './endpoints/settings.ts'
export { type Period, type StatsWindow } from './endpoints/stats.ts'
export { type TokenView } from './endpoints/tokens.ts'
