import { version as build } from '../../../version.ts';
import type { CtlCommand } from '../command.ts';

export const version: CtlCommand = {
  name: 'version',
  usage: '',
  summary: 'prints the version of this program and of the API that it speaks',
  async run(ctl) {
    ctl.say(`detcd ctl version: ${build}`);
    ctl.say('API version: 3.4');
  },
};
