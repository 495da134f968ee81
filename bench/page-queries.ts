import { callers, dayMs, models } from './history-store.ts'

/** The queries of the pages, as paths of the admin API. */
export function pageQueries(rows: number): readonly string[] {
  const now = Date.now()
  const at = (days: number) => now - days * dayMs
  const date = (days: number) => new Date(at(days)).toISOString()
  const middle = `from=${at(16)}&to=${at(15)}`
  return [
    '/api/stats',
    '/api/stats/series?period=1h',
    '/api/stats/series?period=24h',
    '/api/stats/series?period=30d',
    '/api/stats/by?of=model&period=24h',
    '/api/stats/by?of=caller&period=30d',
    '/api/stats/keys',
    '/api/stats/attention-keys',
    '/api/key-usage-details/777',
    '/api/stats/details?period=24h',
    '/api/stats/key-details?key=777&period=24h',
    '/api/stats/key-details?key=777&period=30d',
    '/api/attempts',
    '/api/attempts?limit=1000',
    '/api/attempts?key=777',
    '/api/attempts?project=key:777',
    '/api/attempts?key=777&status=500',
    `/api/attempts?model=${models[5]}`,
    `/api/attempts?caller=${callers[7]}&model=${models[5]}&verdict=key-invalid`,
    `/api/attempts?${middle}`,
    `/api/attempts?${middle}&model=${models[5]}`,
    '/api/attempts?verdict=client-left',
    `/api/attempts?status=429&before=${Math.floor(rows / 2)}`,
    '/api/attempts?requestId=none-of-these',
    '/api/logs/errors',
    '/api/logs/errors?limit=1000',
    '/api/logs/errors?key_search=777',
    '/api/logs/errors?error_code_search=503',
    `/api/logs/errors?start_date=${date(16)}&end_date=${date(15)}`,
    '/api/logs/errors?offset=10000',
    '/api/logs/errors?error_search=request%204999',
    '/api/logs/errors?error_search=no%20such%20text',
    '/api/keys',
    '/api/keys?limit=1000&sort=lastUsedAt&order=desc',
    '/api/keys?search=no-such-label',
    '/api/keys/all',
    '/api/lanes',
    '/api/projects',
    '/api/explain?model=gemini-3.8-flash',
    '/api/decisions',
    '/api/audit',
    '/metrics',
  ]
}
