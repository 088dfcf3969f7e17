import { afterEach, expect, it, vi } from 'vitest';
import { api } from '../../api/client';
import { fileOf } from './download';

afterEach(() => vi.restoreAllMocks());

const response = new Response();

function answer(data: ReadableStream) {
  vi.spyOn(api, 'POST').mockResolvedValue({ data, response });
}
const broken = () =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('a,b'));
      controller.error(new TypeError('network error'));
    },
  });

it('gives the file', async () => {
  answer(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('a,b'));
        controller.close();
      },
    }),
  );
  expect((await fileOf('select 1', 'csv', new AbortController().signal)).size).toBe(3);
});

it('says that the answer ended in the middle', async () => {
  answer(broken());
  await expect(fileOf('select 1', 'csv', new AbortController().signal)).rejects.toThrow(
    'The export broke off',
  );
});

it('leaves a cancelled export a cancelled one', async () => {
  answer(broken());
  await expect(fileOf('select 1', 'csv', AbortSignal.abort())).rejects.toThrow('network error');
});
