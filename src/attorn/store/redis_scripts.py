"""What runs inside Redis. Each method of the store is one script, and Redis runs one script at a time.

Nothing that a script has written is taken back if it fails after. So every script reads, and refuses, before its first
write, and reads each key it will write: Redis itself refuses a script at its first write if memory is full, the disk
fails or the server is a replica, and a value of a wrong type at its first read.

The numbers are doubles, exact up to 2**53; sums are compared by what is left, which cannot grow beyond that.
"""

from __future__ import annotations

from typing import Final

from attorn.store.remote import FORGET_AT_ONCE

_BEGIN: Final = """
local function whole(text)
  local number = type(text) == 'string' and string.match(text, '^%d+$') and tonumber(text)
  return number and (number < 9007199254740992 or text == '9007199254740992') and number or nil
end
local function shown(number) return string.format('%.0f', number) end
local damaged = redis.error_reply('DAMAGED a value of the store')
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('LOST the epoch of the store has changed')
end
"""

_FORGET: Final = """
local function forget(ends, now, most)
  return redis.call('ZRANGEBYSCORE', ends, '-inf', now, 'WITHSCORES', 'LIMIT', 0, most)
end
local function raise(marks, what, mark, gone)
  local latest = tonumber(gone[#gone]) or 0
  if latest > mark then redis.call('HSET', marks, what, shown(latest)) end
end
"""

START: Final = """
local epoch = redis.call('GET', KEYS[1])
if epoch then return epoch end
if redis.call('EXISTS', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]) > 0 then
  return redis.error_reply('LOST the epoch of the store')
end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[3], 'presentation', '0', 'account', '0')
return ARGV[1]
"""
"""KEYS: epoch, and each other key of one name. ARGV: a new epoch."""

REMEMBER: Final = (
    _BEGIN
    + _FORGET
    + f"""
local mark = whole(redis.call('HGET', KEYS[3], 'presentation'))
if not mark then return damaged end
local gone = forget(KEYS[2], ARGV[4], {FORGET_AT_ONCE})
local new = not redis.call('ZSCORE', KEYS[2], ARGV[2]) and tonumber(ARGV[3]) > mark
if new then redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2]) end
raise(KEYS[3], 'presentation', mark, gone)
for i = 1, #gone, 2 do redis.call('ZREM', KEYS[2], gone[i]) end
return new and 1 or 0
"""
)
"""KEYS: epoch, presentations, marks. ARGV: epoch, presentation, expires, now."""

CHARGE: Final = (
    _BEGIN
    + _FORGET
    + f"""
local now = tonumber(ARGV[2])
local mark = whole(redis.call('HGET', KEYS[2], 'account'))
if not mark then return damaged end
local over = redis.call('ZSCORE', KEYS[5], ARGV[3])
if ARGV[4] ~= '' and over and tonumber(over) > now then return {{'repeated'}} end
for i = 5, #ARGV, 4 do
  if tonumber(ARGV[i + 3]) <= mark then return {{'forgotten'}} end
end
local totals, ends = {{}}, {{}}
for i = 5, #ARGV, 4 do
  local account, total = ARGV[i], totals[ARGV[i]]
  if not total then
    local used, kept = redis.call('HGET', KEYS[3], account), redis.call('ZSCORE', KEYS[4], account)
    if used or kept then
      total, kept = whole(used), whole(kept)
      if not total or not kept then return damaged end
    end
    total, ends[account] = total or 0, kept or 0
  end
  if tonumber(ARGV[i + 2]) > tonumber(ARGV[i + 1]) - total then return {{'refused', (i - 5) / 4}} end
  totals[account] = total + tonumber(ARGV[i + 2])
  ends[account] = math.max(ends[account], tonumber(ARGV[i + 3]))
end
local gone = forget(KEYS[4], ARGV[2], {FORGET_AT_ONCE})
local retries = forget(KEYS[5], ARGV[2], {FORGET_AT_ONCE})
for account, total in pairs(totals) do
  redis.call('HSET', KEYS[3], account, shown(total))
  redis.call('ZADD', KEYS[4], shown(ends[account]), account)
end
if ARGV[4] ~= '' then redis.call('ZADD', KEYS[5], ARGV[4], ARGV[3]) end
raise(KEYS[2], 'account', mark, gone)
for i = 1, #gone, 2 do
  if not totals[gone[i]] then
    redis.call('ZREM', KEYS[4], gone[i])
    redis.call('HDEL', KEYS[3], gone[i])
  end
end
for i = 1, #retries, 2 do
  if retries[i] ~= ARGV[3] then redis.call('ZREM', KEYS[5], retries[i]) end
end
return {{'charged'}}
"""
)
"""KEYS: epoch, marks, used, ends, retries. ARGV: epoch, now, retry key, its end or '', then account, limit, amount and
end of each charge."""

USED: Final = (
    _BEGIN
    + """
local found = {}
for i = 2, #ARGV do
  local used = redis.call('HGET', KEYS[2], ARGV[i]) or '0'
  if not whole(used) then return damaged end
  found[i - 1] = used
end
return found
"""
)
"""KEYS: epoch, used. ARGV: epoch, accounts."""

STATEMENTS: Final = (
    _BEGIN
    + """
local found = {}
for i = 2, #KEYS do
  if ARGV[2] == 'all' then
    found[i - 1] = redis.call('HGETALL', KEYS[i])
  else
    local said = {}
    for j = 3, #ARGV do
      local text = redis.call('HGET', KEYS[i], ARGV[j])
      if text then
        said[#said + 1] = ARGV[j]
        said[#said + 1] = text
      end
    end
    found[i - 1] = said
  end
end
return found
"""
)
"""KEYS: epoch, one key of each kind and subject. ARGV: epoch, `all`, or `by` and the signers."""

PUT: Final = (
    _BEGIN
    + """
local latest, writes = {}, {}
for i = 2, #KEYS do
  local by, sequence, text = ARGV[3 * i - 4], tonumber(ARGV[3 * i - 3]), ARGV[3 * i - 2]
  local place = KEYS[i] .. '\\0' .. by
  local kept = latest[place] or redis.call('HGET', KEYS[i], by)
  if kept then
    local known = whole(string.match(kept, '^(%d+) '))
    if not known then return damaged end
    if known > sequence then return {i - 2, kept} end
    if known == sequence then text = nil end
  end
  if text then
    latest[place] = text
    writes[#writes + 1] = {KEYS[i], by, text}
  end
end
for _, write in ipairs(writes) do redis.call('HSET', write[1], write[2], write[3]) end
return {}
"""
)
"""KEYS: epoch, one key for each statement. ARGV: epoch, then signer, sequence and text of each statement."""
