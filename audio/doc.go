// Package audio holds the arithmetic of sound: frames, clips, WAV, levels, the
// decision whether anything was said, resampling and time-stretching. It
// touches no device and no C; audio/device does.
//
// Everything is 16-bit signed mono PCM. A Frame is a short block of samples,
// 20 ms unless its producer says otherwise; it is never malgo's "frame" (one
// sample for each channel).
//
// Values of this package are not safe for concurrent use, except Ring.
package audio
