// The forms of the report, from a fleet's posture to text.
import type { FleetPosture } from '../policy/posture';
import { PAGE_POLICY } from './page-style';
import { jsonOfReport } from './report-json';
import { pageOfReport } from './report-page';
import { viewOfReport } from './report-view';

export const REPORT_FORMS = {
  html: (fleet: FleetPosture): string => pageOfReport(viewOfReport(fleet)),
  json: (fleet: FleetPosture): string => jsonOfReport(viewOfReport(fleet)),
  /** Content-Security-Policy of the page. */
  pagePolicy: PAGE_POLICY,
} as const;
