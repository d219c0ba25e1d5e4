// The regions of the local cloud, with their zones and names.

export interface Region {
  readonly id: string;
  readonly chinese: string;
  readonly english: string;
  readonly zones: readonly string[];
}

export const REGIONS: readonly Region[] = [
  { id: 'cn-hangzhou', chinese: '华东1（杭州）', english: 'China (Hangzhou)', zones: ['h', 'i', 'j', 'k'] },
  { id: 'cn-shanghai', chinese: '华东2（上海）', english: 'China (Shanghai)', zones: ['b', 'e', 'f', 'g'] },
  { id: 'cn-beijing', chinese: '华北2（北京）', english: 'China (Beijing)', zones: ['f', 'h', 'i'] },
  { id: 'cn-shenzhen', chinese: '华南1（深圳）', english: 'China (Shenzhen)', zones: ['d', 'e'] },
  { id: 'cn-chengdu', chinese: '西南1（成都）', english: 'China (Chengdu)', zones: ['a', 'b'] },
  { id: 'ap-southeast-1', chinese: '新加坡', english: 'Singapore', zones: ['a', 'b', 'c'] },
  { id: 'eu-central-1', chinese: '德国（法兰克福）', english: 'Germany (Frankfurt)', zones: ['a', 'b'] },
];

export const DEFAULT_REGION = 'cn-hangzhou';
