import type { DamagedMember, RunInfo } from '../../sim/trace/run_info.ts';
import { h } from '../page/dom.ts';
import { momentText } from '../scale/time_format.ts';
import { plainName } from '../words/plain_name.ts';
import { facts, section } from './parts.ts';

const copyWords: Readonly<Record<DamagedMember['copy'], string>> = {
  repaired: 'whole again',
  damaged: 'damaged, and the member notices',
  forgetful: 'may lack what it acknowledged',
};

/** What disk faults did to the members' copies, and what broke that nobody promised on such disks. */
export function damageSections({ verdict, options }: RunInfo): HTMLElement[] {
  const { damage } = verdict;
  const sections: HTMLElement[] = [];
  if (damage !== undefined) {
    const lost =
      damage.safetyLostNs < 0
        ? 'never more than a minority of the copies was bad'
        : `from ${momentText(damage.safetyLostNs)} on so many copies may have forgotten that Raft promises nothing`;
    sections.push(
      section(
        'Disks',
        h('p', {}, lost),
        facts(
          damage.members.map(({ member, faults, copy }) => [
            `n${member}`,
            `${faults.map(plainName).join(', ')}: ${copyWords[copy]}`,
          ]),
        ),
        damage.availabilityLost
          ? h('p', { class: 'quiet' }, 'At some time too few members could go on to make a quorum.')
          : null,
        damage.expected.length === 0 ? null : h('h4', {}, 'broke, and was not promised'),
        ...damage.expected
          .slice(0, 12)
          .map(({ atNs, sentence }) =>
            h('p', { class: 'expected' }, h('span', { class: 'quiet' }, `${momentText(atNs)} `), sentence),
          ),
      ),
    );
  }
  if (options.imported !== undefined && options.imported.length > 0) {
    sections.push(
      section(
        'Started on imported directories',
        facts(
          options.imported.map(({ member, cluster, files, bytes, crc32c }) => [
            `member ${member}`,
            `cluster ${cluster}, ${files} files, ${bytes.toLocaleString('en-US')} bytes, crc ${crc32c}`,
          ]),
        ),
      ),
    );
  }
  return sections;
}
