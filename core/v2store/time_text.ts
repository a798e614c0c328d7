/** Points in time as nanoseconds since 1970-01-01T00:00:00Z: etcd's int64 UnixNano needs all 64 bits, so they are bigints. */

const nsPerSecond = 1_000_000_000n;
const secondsPerDay = 86_400;
const daysPerEra = 146_097;
/** Days from 0000-03-01, where the eras of 400 years start, to 1970-01-01. */
const daysToEpoch = 719_468;

/** What Go prints for a time that was never set; as an expiry it means: none. */
export const zeroTimeText = '0001-01-01T00:00:00Z';

function divideFloor(value: bigint, by: bigint): bigint {
  return (value - (((value % by) + by) % by)) / by;
}

/** RFC 3339 in UTC with as many digits of the second's fraction as are needed (Go: RFC3339Nano). Years 0 to 9999. */
export function formatTime(ns: bigint): string {
  const epochSeconds = divideFloor(ns, nsPerSecond);
  const fraction = ns - epochSeconds * nsPerSecond;
  const seconds = Number(epochSeconds);
  const day = Math.floor(seconds / secondsPerDay);
  const secondOfDay = seconds - day * secondsPerDay;
  const clock = [Math.floor(secondOfDay / 3600), Math.floor(secondOfDay / 60) % 60, secondOfDay % 60];
  const digits = fraction === 0n ? '' : `.${`${fraction}`.padStart(9, '0').replace(/0+$/, '')}`;
  return `${formatDay(day)}T${clock.map(two).join(':')}${digits}Z`;
}

/** The Gregorian date of a day since 1970, by eras of 400 years that start in March, so that the leap day comes last. */
function formatDay(dayOfEpoch: number): string {
  const days = dayOfEpoch + daysToEpoch;
  const era = Math.floor(days / daysPerEra);
  const dayOfEra = days - era * daysPerEra;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${`${year}`.padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`;
}

function two(value: number): string {
  return `${value}`.padStart(2, '0');
}

const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** The time that an RFC 3339 text names, digits below the nanosecond cut off; null if it is none. */
export function parseTime(text: string): bigint | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const [offsetHours, offsetMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (offsetHours > 23 || offsetMinutes > 59) return null;
  const offset = (offsetHours * 3600 + offsetMinutes * 60) * (match[8] === '-' ? -1 : 1);
  const seconds = epochDay(year, month, day) * secondsPerDay + hour * 3600 + minute * 60 + second - offset;
  return BigInt(seconds) * nsPerSecond + BigInt((match[7] ?? '').padEnd(9, '0').slice(0, 9));
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function epochDay(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * daysPerEra + dayOfEra - daysToEpoch;
}
