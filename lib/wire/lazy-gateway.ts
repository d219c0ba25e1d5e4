// A gateway that is loaded when it is first used: the RDS SDK is not part of a function's cold path up to its first word with the ledger.
import type { AccountRegion } from '../domain/instance';
import type { RdsGateway } from '../domain/ports';

/** The same port; `load` is called once, by the first method that needs it. What it throws, that method throws. */
export function makeLazyGateway(target: AccountRegion, load: () => Promise<RdsGateway>): RdsGateway {
  let loaded: RdsGateway | undefined;
  let pending: Promise<RdsGateway> | undefined;
  const gateway = async (): Promise<RdsGateway> => {
    pending ??= load();
    loaded = await pending;
    return loaded;
  };
  return {
    account: target.account,
    region: target.region,
    countInstances: async () => (await gateway()).countInstances(),
    listInstances: async function* (query) {
      yield* (await gateway()).listInstances(query);
    },
    findInstance: async (...args) => (await gateway()).findInstance(...args),
    listDatabases: async (...args) => (await gateway()).listDatabases(...args),
    listBackupSets: async (...args) => (await gateway()).listBackupSets(...args),
    findBackupSet: async (...args) => (await gateway()).findBackupSet(...args),
    listRunningJobs: async (...args) => (await gateway()).listRunningJobs(...args),
    findJob: async (...args) => (await gateway()).findJob(...args),
    createBackup: async (...args) => (await gateway()).createBackup(...args),
    extendExpiry: async (...args) => (await gateway()).extendExpiry(...args),
    readSettings: async (...args) => (await gateway()).readSettings(...args),
    writeSettings: async (...args) => (await gateway()).writeSettings(...args),
    deleteSets: async (...args) => (await gateway()).deleteSets(...args),
    listDetachedSets: async function* () {
      yield* (await gateway()).listDetachedSets();
    },
    listCrossRegionInstances: async function* () {
      yield* (await gateway()).listCrossRegionInstances();
    },
    readCrossRegionSettings: async (...args) => (await gateway()).readCrossRegionSettings(...args),
    writeCrossRegionSettings: async (...args) => (await gateway()).writeCrossRegionSettings(...args),
    listCopyDestinations: async (...args) => (await gateway()).listCopyDestinations(...args),
    listCopies: async (...args) => (await gateway()).listCopies(...args),
    findCopiesOf: async (...args) => (await gateway()).findCopiesOf(...args),
    listLogs: async (...args) => (await gateway()).listLogs(...args),
    listCopiedLogs: async (...args) => (await gateway()).listCopiedLogs(...args),
    localRecoveryWindow: async (...args) => (await gateway()).localRecoveryWindow(...args),
    copyRecoveryWindow: async (...args) => (await gateway()).copyRecoveryWindow(...args),
    checkRestore: async (...args) => (await gateway()).checkRestore(...args),
    readDetails: async (...args) => (await gateway()).readDetails(...args),
    restoreToNewInstance: async (...args) => (await gateway()).restoreToNewInstance(...args),
    restoreTables: async (...args) => (await gateway()).restoreTables(...args),
    listSetContents: async (...args) => (await gateway()).listSetContents(...args),
    listCustomSnapshots: async function* (query) {
      yield* (await gateway()).listCustomSnapshots(query);
    },
    createCustomSnapshot: async (...args) => (await gateway()).createCustomSnapshot(...args),
    deleteCustomSnapshot: async (...args) => (await gateway()).deleteCustomSnapshot(...args),
    listDownloadLinks: async (...args) => (await gateway()).listDownloadLinks(...args),
    apiCalls: () => loaded?.apiCalls() ?? {},
  };
}
