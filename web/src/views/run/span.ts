// What is in sight of the timeline, as text in the address: `12000..34000`, since the start.

import type { Span } from './scale';

export function readSpan(text: string, zero: number, whole: Span): Span {
  const [, from, to] = /^(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)$/.exec(text) ?? [];
  const span = { from: zero + Number(from), to: zero + Number(to) };
  const isInside = span.from < span.to && span.from < whole.to && span.to > whole.from;
  return isInside ? span : whole;
}

export function writeSpan(span: Span, zero: number, whole: Span): string {
  if (span.from <= whole.from && span.to >= whole.to) return '';
  return `${Math.round(span.from - zero)}..${Math.round(span.to - zero)}`;
}
