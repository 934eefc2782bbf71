/** A date as cookies have it, in many forms (RFC 6265, section 5.1.1), in ms since 1970; null when it is none. */
export function parseCookieDate(text: string): number | null {
  let time: readonly number[] | null = null;
  let day = -1;
  let month = -1;
  let year = -1;
  for (const token of text.slice(0, 200).split(/[\t\u0020-\u002f\u003b-\u0040\u005b-\u0060\u007b-\u007e]+/)) {
    const clock: RegExpExecArray | null =
      time === null ? /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/.exec(token) : null;
    if (clock !== null) time = clock.slice(1).map(Number);
    else if (day === -1 && /^\d{1,2}(?!\d)/.test(token)) day = Number.parseInt(token, 10);
    else if (month === -1 && months.includes(token.slice(0, 3).toLowerCase()))
      month = months.indexOf(token.slice(0, 3).toLowerCase());
    else if (year === -1 && /^\d{2,4}(?!\d)/.test(token)) year = fullYear(Number.parseInt(token, 10));
  }
  const [hour = 24, minute = 60, second = 60] = time ?? [];
  if (day < 1 || day > 31 || month === -1 || year < 1601 || hour > 23 || minute > 59 || second > 59)
    return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  date.setUTCHours(hour, minute, second);
  return date.getUTCDate() === day ? date.getTime() : null;
}

const months: readonly string[] = [
  'jan',
  'feb',
  'mar',
  'apr',
  'may',
  'jun',
  'jul',
  'aug',
  'sep',
  'oct',
  'nov',
  'dec',
];

function fullYear(year: number): number {
  if (year >= 70 && year <= 99) return year + 1900;
  return year <= 69 ? year + 2000 : year;
}
