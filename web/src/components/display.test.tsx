import { render, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { Status } from './Badge';
import { ErrorState } from './ErrorState';
import { readNumber } from './NumberField';
import { cut, Truncated } from './Truncated';
import { Value } from './Value';

describe('Value', () => {
  it.each<[unknown, string, string | null]>([
    [0.123456789, '0.1235', '0.123456789'],
    [1234567, '1,234,567', '1234567'],
    [true, 'true', null],
    [['a', 'b'], 'a, b', 'a, b'],
    ['text', 'text', 'text'],
  ])('%j reads %s', (value, text, title) => {
    render(<Value of={value} />);
    expect(screen.getByText(text).closest('[title]')?.getAttribute('title') ?? null).toBe(title);
  });

  it('says that there is none', () => {
    render(<Value of={null} />);
    expect(screen.getByLabelText('none').textContent).toBe('–');
  });

  it('keeps the absolute time', () => {
    render(<Value of="2020-01-02T03:04:05Z" kind="time" />);
    expect(screen.getByTitle('2020-01-02 03:04:05 UTC').tagName).toBe('TIME');
  });
});

describe('Truncated', () => {
  it('puts a long text of many lines in one, and cuts the title', () => {
    render(<Truncated>{'ab\n'.repeat(5_000)}</Truncated>);
    const cell = screen.getByText(/^ab ab/);
    expect(cell.textContent.length).toBeLessThan(500);
    expect(cell.getAttribute('title')?.length).toBe(2_001);
  });

  it('does not cut a character in two', () => expect(cut('ab😀', 3)).toBe('ab…'));
});

describe('Status', () => {
  it('shows what it does not know', () => {
    render(<Status status="paused" />);
    expect(screen.getByText('paused')).toBeDefined();
  });
});

describe('ErrorState', () => {
  it('keeps what is still good', () => {
    render(
      <ErrorState what="Models could not be read" error={new Error('gone')} onRetry={vi.fn()}>
        old rows
      </ErrorState>,
    );
    expect(screen.getByRole('alert').textContent).toContain('Models could not be read. gone');
    expect(screen.getByText('old rows')).toBeDefined();
  });
});

describe('readNumber', () => {
  it.each([
    ['', undefined],
    [' 1e-4 ', 1e-4],
    ['−3', -3],
    ['.5', 0.5],
    ['1,000', NaN],
    ['0x10', NaN],
  ])('%j is %s', (text, value) => expect(readNumber(text)).toBe(value));
});
