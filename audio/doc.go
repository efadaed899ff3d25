// Package audio holds the arithmetic of sound: frames, clips, levels, the
// decision whether anything was said, and time-stretching. It touches no
// device and no C; audio/device does.
//
// Everything is 16-bit signed mono PCM. A Frame is a short block of samples,
// 20 ms unless its producer says otherwise; it is never malgo's "frame" (one
// sample for each channel).
package audio
