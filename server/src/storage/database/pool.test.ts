import { expect, test } from 'vitest'
import { sqliteMeans } from '../open-storage.ts'
import { createPool } from './pool.ts'

const limits = { size: 1, waitMs: 20, trustMs: 0, pingMs: 1000, closeMs: 20 }
const connect = () => sqliteMeans(':memory:').connect()

test('who waits too long for a link is told so, and takes nobody’s turn', async () => {
  const pool = createPool(connect, limits)
  const link = await pool.acquire()
  await expect(pool.acquire()).rejects.toThrow('busy')
  pool.release(link)
  expect(await pool.acquire()).toBe(link)
  pool.release(link)
  await pool.close()
})

test('a link that was lost while it rested is replaced', async () => {
  const pool = createPool(connect, limits)
  const link = await pool.acquire()
  pool.release(link)
  link.destroy()
  const next = await pool.acquire()
  expect(next).not.toBe(link)
  expect(next.isOpen).toBe(true)
  pool.release(next)
  await pool.close()
})

test('a failed connection gives its turn back', async () => {
  let isAway = true
  const pool = createPool(async () => {
    if (isAway) throw new Error('away')
    return connect()
  }, limits)
  await expect(pool.acquire()).rejects.toThrow('away')
  isAway = false
  pool.release(await pool.acquire())
  await pool.close()
})

test('closing ends links that are not given back in time, and lets nobody in', async () => {
  const pool = createPool(connect, limits)
  const link = await pool.acquire()
  await pool.close()
  expect(link.isOpen).toBe(false)
  await expect(pool.acquire()).rejects.toThrow('closed')
})
