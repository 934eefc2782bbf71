/** A part of a reply for people: on one line, in quotes, at most 60 characters of it. */
export function quoteValue(text: string): string {
  const shown = text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;
  return JSON.stringify(shown.toWellFormed());
}

const maxChars = 60;
