// The bounds within which the service keeps copies (RDS API, ModifyInstanceCrossBackupPolicy: Retention).

export const SHORTEST_DAYS = 7;
export const LONGEST_DAYS = 1825;
