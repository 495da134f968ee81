import { about } from './setting-facts.ts'
import { flag, listOf, numberIn, text, wholeNumberIn } from './setting-forms.ts'

const keyRows = about('keys', { secret: true, asRows: true })
const keys = about('keys')

/** The keys, and how they are tried. */
export const keySettings = {
  apiKeys: keyRows(
    'API_KEYS',
    listOf(text().min(1)).default([]),
    'Gemini API keys. A start adds those that it sees for the first time to the stored keys.',
  ),
  maxFailures: keys(
    'MAX_FAILURES',
    wholeNumberIn(1, 100).default(3),
    'Unknown refusals in a row after which a key cools down.',
  ),
  checkIntervalHours: keys(
    'CHECK_INTERVAL_HOURS',
    numberIn(0, 720).default(1),
    'Hours between checks of failed keys; 0 is never.',
  ),
  projectSurveyEnabled: keys(
    'PROJECT_SURVEY_ENABLED',
    flag().default(true),
    "Find out which keys share a Google project. Each project gets a file of a few bytes in Google's Files API for that time; it costs no quota.",
  ),
  keyVerificationBatchSize: keys(
    'KEY_VERIFICATION_BATCH_SIZE',
    wholeNumberIn(1, 50).default(20),
    'Keys that a verification tries at a time.',
  ),
  testModel: keys(
    'TEST_MODEL',
    text().min(1).default('gemini-3.1-flash-lite'),
    'The model that keys are tried with.',
  ),
}
