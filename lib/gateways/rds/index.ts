// The RDS gateway: what other rooms may use.
export { RDS_ACTIONS, type RdsMethod } from './actions';
export { makeRateBudgets, type RateBudgetOptions, type RateBudgets } from './budgets';
export { makeRdsGateway, type RdsGatewayOptions } from './gateway';
