export { startFakeGemini } from './fake-gemini.ts'
export type { FakeGemini } from './fake-gemini.ts'
export type { FileCallCounts, FileCalls } from './files/call-counts.ts'
export type { FileResource } from './files/store/file.ts'
export { foreignFileMark } from './files/store/prefill.ts'
export { fileMisbehaviours } from './misbehaviour/file-misbehaviours.ts'
export { misbehaviours } from './misbehaviour/misbehaviours.ts'
export type { Misbehaviour } from './misbehaviour/misbehaviours.ts'
export type {
  FakeFilesOptions,
  FakeKeyState,
  FakeOptions,
  FakeProject,
  FakeQuota,
  FakeTier,
} from './options.ts'
export type { ReceivedCall } from './received.ts'
export type { ScriptRule } from './scripts.ts'
