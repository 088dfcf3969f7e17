import { expect, it } from 'vitest';
import { to } from './links';

it('keeps any project name out of the path', () => {
  expect(to.models('a/b?c&d ü')).toBe('/models?project=a%2Fb%3Fc%26d+%C3%BC');
  expect(new URLSearchParams(to.models('../x&y').split('?')[1]).get('project')).toBe('../x&y');
});

it('leaves out what is not there', () => {
  expect(to.model('m1')).toBe('/models/m1');
  expect(to.pipelines('p', [])).toBe('/pipelines?project=p');
  expect(to.compare(['a', 'b'])).toBe('/compare?models=a%2Cb');
});
