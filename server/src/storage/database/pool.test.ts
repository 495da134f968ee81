import { expect, test } from 'vitest'
import { createPool } from './pool.ts'
import { sqliteConnector } from './sqlite/open-sqlite.ts'

const limits = { size: 1, waitMs: 20, trustMs: 0, pingMs: 1000, closeMs: 20 }
const connect = () => sqliteConnector(':memory:').connect()

test('waiting too long for a connection fails, and the next caller gets it', async () => {
  const pool = createPool(connect, limits)
  const connection = await pool.acquire()
  await expect(pool.acquire()).rejects.toThrow('busy')
  pool.release(connection)
  expect(await pool.acquire()).toBe(connection)
  pool.release(connection)
  await pool.close()
})

test('a connection that was lost while idle is replaced', async () => {
  const pool = createPool(connect, limits)
  const connection = await pool.acquire()
  pool.release(connection)
  connection.destroy()
  const next = await pool.acquire()
  expect(next).not.toBe(connection)
  expect(next.isOpen).toBe(true)
  pool.release(next)
  await pool.close()
})

test('a failed attempt to connect leaves the pool as it was', async () => {
  let isDown = true
  const pool = createPool(async () => {
    if (isDown) throw new Error('down')
    return connect()
  }, limits)
  await expect(pool.acquire()).rejects.toThrow('down')
  isDown = false
  pool.release(await pool.acquire())
  await pool.close()
})

test('closing ends connections that are not released in time, and refuses new ones', async () => {
  const pool = createPool(connect, limits)
  const connection = await pool.acquire()
  await pool.close()
  expect(connection.isOpen).toBe(false)
  await expect(pool.acquire()).rejects.toThrow('closed')
})
