import { answerParent } from '../machine/child.js';
import { openHttpClient, type HttpClient } from '../load/http-client.js';
import { planLoad, type Load, type LoadPlan, type LoadResult } from '../load/patterns.js';

/** What the load process is asked: to make the bodies, then to send them. */
export type LoadRequest =
  | {
      readonly step: 'prepare';
      readonly url: string;
      readonly key: string;
      readonly connections: number;
      readonly plan: LoadPlan;
    }
  | { readonly step: 'run'; readonly seconds: number };

let client: HttpClient | undefined;
let load: Load | undefined;

answerParent<LoadRequest, LoadResult | undefined>(async (request) => {
  if (request.step === 'prepare') {
    await client?.close();
    client = openHttpClient(request.url, request.key, request.connections);
    load = planLoad(client, request.plan);
    return undefined;
  }
  if (load === undefined) throw new Error('nothing was prepared');
  return load(request.seconds);
});
