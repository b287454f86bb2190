/** Points of a waveform as it is sent. */
const WAVEFORM_POINTS = 64;

/** Loudness as measured, each 0 to 1, as so many points from 0 to 100, the loudest of which is 100. Empty of silence. */
export function waveformOf(levels: readonly number[], points: number = WAVEFORM_POINTS): readonly number[] {
  const count = Math.min(points, levels.length);
  const peaks = Array.from({ length: count }, (_, point) => {
    const from = Math.floor((point * levels.length) / count);
    const to = Math.max(from + 1, Math.floor(((point + 1) * levels.length) / count));
    return levels.slice(from, to).reduce((most, level) => Math.max(most, level), 0);
  });
  const loudest = peaks.reduce((most, level) => Math.max(most, level), 0);
  return loudest > 0 ? peaks.map((level) => Math.round((level / loudest) * 100)) : [];
}

/** How loud samples between -1 and 1 are together (root mean square). */
export function loudnessOf(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < samples.length; at += 1) sum += (samples[at] ?? 0) ** 2;
  return samples.length > 0 ? Math.min(1, Math.sqrt(sum / samples.length)) : 0;
}
