import { readSettings } from '@saldo/config';
import { seedDemo, type DemoSeeded } from '@saldo/store';
import { useDatabase } from '../use-database.js';
import { withDatabase } from '../with-database.js';

export async function runSeedDemo({ json }: { json?: boolean }): Promise<void> {
  const seeded = await useDatabase(readSettings(process.env), 'seed-demo', (url) => withDatabase(url, seedDemo));
  console.log(json ? JSON.stringify(seeded) : describeSeeded(seeded));
}

function describeSeeded({ services, orders, company_accounts: accounts }: DemoSeeded): string {
  if (services + orders + accounts === 0) return 'The demo catalogue is there already.';
  return `Wrote ${services} services, ${orders} orders and ${accounts} company account of the demo catalogue.`;
}
