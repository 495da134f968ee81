import { readSettings } from '@gemini-balance/contract'
import { describe, expect, test } from 'vitest'
import { StartError } from '../runtime/start-error.ts'
import { chooseDatabase } from './choose-database.ts'

const choose = (environment: Readonly<Record<string, string>>) =>
  chooseDatabase(readSettings(environment))

function problemOf(environment: Readonly<Record<string, string>>): string {
  try {
    choose(environment)
  } catch (error) {
    expect(error).toBeInstanceOf(StartError)
    return String(error)
  }
  throw new Error('It was accepted.')
}

const mysql = { MYSQL_HOST: 'db', MYSQL_USER: 'u', MYSQL_DATABASE: 'd', MYSQL_PASSWORD: ' p@/# ' }

describe('the database', () => {
  test('is a file in the data folder by default', () => {
    expect(choose({ DATA_DIR: '/data' })).toEqual({
      kind: 'sqlite',
      path: '/data/gemini-balance.db',
    })
    expect(choose({ DATABASE_TYPE: 'SQLite', SQLITE_DATABASE: 'x.db', ...mysql })).toMatchObject({
      kind: 'sqlite',
      path: 'data/x.db',
    })
  })

  test('is MySQL when its settings name a server, with the password as it is', () => {
    for (const type of [{}, { DATABASE_TYPE: 'mysql' }, { DATABASE_TYPE: 'MariaDB' }]) {
      const choice = choose({ ...mysql, ...type })
      expect(choice).toMatchObject({
        kind: 'mysql',
        host: 'db',
        port: 3306,
        user: 'u',
        database: 'd',
      })
      expect('password' in choice && choice.password?.reveal()).toBe(' p@/# ')
    }
  })

  test('is reached by a socket where one is named', () => {
    const { MYSQL_HOST: _host, ...rest } = mysql
    expect(choose({ ...rest, MYSQL_SOCKET: '/run/m.sock' })).toMatchObject({
      socket: '/run/m.sock',
    })
  })

  test('is read from DATABASE_URL, each part decoded', () => {
    const choice = choose({
      DATABASE_URL: 'postgres://us%40er:p%2Fw@[::1]/a%20b?sslmode=verify-full',
    })
    expect(choice).toMatchObject({
      kind: 'postgresql',
      host: '::1',
      port: 5432,
      user: 'us@er',
      database: 'a b',
      tls: { mode: 'full' },
    })
    expect('password' in choice && choice.password?.reveal()).toBe('p/w')
    expect(choose({ DATABASE_URL: 'mysql://u@h:99/d?ssl-mode=REQUIRED' })).toMatchObject({
      kind: 'mysql',
      port: 99,
      password: undefined,
      tls: { mode: 'unverified' },
    })
  })
})

describe('settings that contradict each other or are incomplete are refused, and named', () => {
  test.each([
    [{ DATABASE_TYPE: 'postgres' }, 'DATABASE_URL is missing'],
    [{ DATABASE_TYPE: 'mysql' }, 'MYSQL_HOST or MYSQL_SOCKET, MYSQL_USER, MYSQL_DATABASE'],
    [{ MYSQL_HOST: 'db' }, 'MYSQL_USER, MYSQL_DATABASE'],
    [{ DATABASE_TYPE: 'mysql', DATABASE_URL: 'postgres://u@h/d' }, 'Remove one of them'],
    [{ DATABASE_TYPE: 'sqlite', DATABASE_URL: 'postgres://u@h/d' }, 'Remove one of them'],
    [{ DATABASE_URL: 'postgres://u@h' }, 'names no database'],
    [{ DATABASE_URL: 'postgres://h/d' }, 'names no user'],
    [{ DATABASE_URL: 'postgres://u@h/d?sslmode=maybe' }, 'sslmode must be one of'],
    [{ DATABASE_URL: 'postgres://u@h/d?sslrootcert=/none' }, 'sslrootcert cannot be read'],
    [{ DATABASE_URL: 'mysql://u@[::1]/d?sslmode=verify-full' }, 'name of the host'],
    [{ DATABASE_URL: 'postgres://u@h/d%ZZ' }, '%25'],
  ])('%j', (environment, words) => {
    expect(problemOf(environment)).toContain(words)
  })

  test('and never with the password, however the address is broken', () => {
    for (const address of [
      'oracle://u:canary@h/d',
      'postgres://u:canary#x@h/d',
      'postgres://u:canary?x@h/d',
      'postgres://u:canary%@h/d',
      'mysql://u:canary@h:port/d',
      'canary',
    ]) {
      expect(problemOf({ DATABASE_URL: address })).not.toContain('canary')
    }
  })
})
