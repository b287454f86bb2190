import { useFileUrl } from "@tidings/react";
import { useRef, useState } from "react";
import type { FileProps } from "../lib/file-props.ts";
import { lengthOf } from "../lib/sizes.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "./icon.tsx";

const SPEEDS = [1, 1.5, 2] as const;

/** What somebody said: its waveform is there before the sound is. */
export function VoicePlayer({ file, conversationId }: FileProps) {
  const { t } = useTexts();
  const { ref, url } = useFileUrl(conversationId, file.fileId);
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setIsPlaying] = useState(false);
  const [atMs, setAtMs] = useState(0);
  const [speed, setSpeed] = useState<number>(SPEEDS[0]);
  const { durationMs = 0, waveform = [] } = file;

  const seek = (ms: number): void => {
    setAtMs(ms);
    if (audio.current) audio.current.currentTime = ms / 1_000;
  };
  const faster = (): void => {
    const next = SPEEDS[(SPEEDS.findIndex((each) => each === speed) + 1) % SPEEDS.length] ?? 1;
    setSpeed(next);
    if (audio.current) audio.current.playbackRate = next;
  };
  const toggle = (): void => {
    const { current } = audio;
    if (!current) return;
    current.playbackRate = speed;
    if (isPlaying) current.pause();
    else current.play().catch(() => setIsPlaying(false));
  };
  const played = durationMs > 0 ? atMs / durationMs : 0;
  return (
    <div className="voice" ref={ref}>
      <button
        type="button"
        className="icon-button"
        disabled={url === undefined}
        aria-label={isPlaying ? t.pauseVoice : t.playVoice}
        onClick={toggle}
      >
        <Icon name={isPlaying ? "pause" : "play"} />
      </button>
      <div className="voice-track">
        <span className="waveform" aria-hidden="true">
          {waveform.map((level, index) => (
            <span
              key={index}
              data-played={index / waveform.length < played}
              style={{ height: `${Math.max(8, level)}%` }}
            />
          ))}
        </span>
        <input
          type="range"
          aria-label={t.voicePosition}
          aria-valuetext={lengthOf(atMs)}
          min={0}
          max={durationMs}
          step={100}
          value={Math.min(atMs, durationMs)}
          onChange={({ target }) => seek(Number(target.value))}
        />
      </div>
      <span className="voice-time">{lengthOf(isPlaying || atMs > 0 ? atMs : durationMs)}</span>
      <button type="button" className="voice-speed" aria-label={t.voiceSpeed(speed)} onClick={faster}>
        {speed}×
      </button>
      <audio
        ref={audio}
        {...(url !== undefined && { src: url })}
        preload="none"
        onPlay={() => setIsPlaying(true)}
        onPause={() => setIsPlaying(false)}
        onEnded={() => setAtMs(0)}
        onTimeUpdate={({ currentTarget }) => setAtMs(currentTarget.currentTime * 1_000)}
      />
    </div>
  );
}
