import { expect, it } from 'vitest';
import { ApiError, unwrap } from './client';

const response = (status: number, statusText = '') => new Response(null, { status, statusText });

it('gives the data', async () => {
  await expect(unwrap(Promise.resolve({ data: [1], response: response(200) }))).resolves.toEqual([
    1,
  ]);
});

it("gives the server's own words", async () => {
  const error = { error: { kind: 'invalid', message: 'no field `x`' } };
  await expect(unwrap(Promise.resolve({ error, response: response(400) }))).rejects.toEqual(
    new ApiError(400, 'no field `x`', 'invalid'),
  );
});

it('survives an error that is no JSON of ours', async () => {
  const answer = { error: '<html>', response: response(502, 'Bad Gateway') };
  await expect(unwrap(Promise.resolve(answer))).rejects.toThrow(
    'The agent answered 502 Bad Gateway.',
  );
});

it('says that nobody answered', async () => {
  await expect(unwrap(Promise.reject(new TypeError('fetch failed')))).rejects.toMatchObject({
    status: 0,
  });
});

it('lets an abort be an abort', async () => {
  const abort = new DOMException('aborted', 'AbortError');
  await expect(unwrap(Promise.reject(abort))).rejects.toBe(abort);
});
