import { readSettings, SettingsError } from '@saldo/config';
import { redisNodes } from '@saldo/queue';
import { expect } from 'chai';

const GOOD: Readonly<Record<string, readonly string[]>> = {
  'redis://cache': ['redis://cache'],
  'redis://me:p%40ss@cache:6380/3': ['redis://me:p%40ss@cache:6380/3'],
  'rediss://cache:6379': ['rediss://cache:6379'],
  'redis://[::1]:7000': ['redis://[::1]:7000'],
  'redis://a:7000,b:7001,c': ['redis://a:7000', 'redis://b:7001', 'redis://c'],
  'rediss://me:secret@10.0.0.1:7000,[::1]:7001': ['rediss://me:secret@10.0.0.1:7000', 'rediss://me:secret@[::1]:7001'],
};

const BAD = [
  'localhost:6379',
  'http://cache',
  'redis://',
  'redis://a,',
  'redis://a,,b',
  'redis://a:x',
  'redis://a b',
  'redis://a:99999,b',
];

describe('REDIS_URL', () => {
  for (const [text, nodes] of Object.entries(GOOD)) {
    it(`names ${nodes.length === 1 ? 'a server' : 'nodes of a cluster'}: ${text}`, () => {
      expect(readSettings({ REDIS_URL: text }).redisUrl).to.equal(text);
      expect(redisNodes(text).map(({ href }) => href)).to.deep.equal(nodes);
    });
  }

  for (const text of BAD) {
    it(`is refused, without being repeated, where it names none: ${text}`, () => {
      expect(() => readSettings({ REDIS_URL: text })).to.throw(SettingsError, /^REDIS_URL takes .*, not "…"$/);
    });
  }
});
