import { shiftGlobalDate } from '../../lib/local/shifted-date';

const HostDate = globalThis.Date;

afterEach(() => {
  globalThis.Date = HostDate;
  HostDate.prototype.constructor = HostDate;
});

test('the global Date is ahead of the host by the offset, and can be set to a moment from which it runs on', () => {
  const shifted = shiftGlobalDate(3_600_000);
  const aheadMs = Date.now() - HostDate.now();

  shifted.setNow(HostDate.UTC(2030, 0, 1));
  const texts = [new Date().toISOString(), new Date(Date()).toISOString(), new Date(Date.now()).toISOString(), new Date(0).toISOString()];

  expect(Math.round(aheadMs / 60_000)).toBe(60);
  expect(texts.map((text) => text.slice(0, 10))).toEqual(['2030-01-01', '2030-01-01', '2030-01-01', '1970-01-01']);
  expect(new Date()).toBeInstanceOf(HostDate);
});
