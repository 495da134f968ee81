export {
  findSetting,
  readSettings,
  settingEntries,
  SettingsRefused,
  writeSetting,
  type SettingEntry,
  type SettingProblem,
} from './read-settings.ts'
export {
  type SettingFacts,
  type SettingGroup,
  type SettingName,
  type Settings,
} from './settings.ts'
