/**
 * The first lines of a script: `now`, in milliseconds since 1970. Instances' clocks differ, so that it is Redis's own unless
 * ARGV 1 brings another.
 */
export const REDIS_NOW = `
    local now = tonumber(ARGV[1])
    if not now then
      local time = redis.call('TIME')
      now = time[1] * 1000 + math.floor(time[2] / 1000)
    end`;
