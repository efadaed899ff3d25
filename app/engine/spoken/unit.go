package spoken

import (
	"slices"
	"strings"
)

// unitNames are the units as they are written, as a pattern: a longer one
// before one that it begins with.
const unitNames = `km/h|ms|[µμ]s|ns|min|KiB|MiB|GiB|TiB|kB|KB|MB|GB|TB|Mbps|Gbps|kbps|kHz|MHz|GHz|Hz|px|mm|cm|km|kg|mg|fps|dB|kW|s|h|g|W|V`

// unit is how a unit is said. Chinese has one form.
type unit struct{ one, many, chinese string }

var units = map[string]unit{ //nolint:gochecknoglobals // a table that nothing writes to
	"ms":   {"millisecond", "milliseconds", "毫秒"},
	"µs":   {"microsecond", "microseconds", "微秒"},
	"μs":   {"microsecond", "microseconds", "微秒"},
	"ns":   {"nanosecond", "nanoseconds", "纳秒"},
	"s":    {"second", "seconds", "秒"},
	"min":  {"minute", "minutes", "分钟"},
	"h":    {"hour", "hours", "小时"},
	"kB":   {"kilobyte", "kilobytes", "千字节"},
	"KB":   {"kilobyte", "kilobytes", "千字节"},
	"MB":   {"megabyte", "megabytes", "兆字节"},
	"GB":   {"gigabyte", "gigabytes", "吉字节"},
	"TB":   {"terabyte", "terabytes", "太字节"},
	"KiB":  {"kibibyte", "kibibytes", "千字节"},
	"MiB":  {"mebibyte", "mebibytes", "兆字节"},
	"GiB":  {"gibibyte", "gibibytes", "吉字节"},
	"TiB":  {"tebibyte", "tebibytes", "太字节"},
	"kbps": {"kilobit per second", "kilobits per second", "千比特每秒"},
	"Mbps": {"megabit per second", "megabits per second", "兆比特每秒"},
	"Gbps": {"gigabit per second", "gigabits per second", "吉比特每秒"},
	"Hz":   {"hertz", "hertz", "赫兹"},
	"kHz":  {"kilohertz", "kilohertz", "千赫"},
	"MHz":  {"megahertz", "megahertz", "兆赫"},
	"GHz":  {"gigahertz", "gigahertz", "吉赫"},
	"px":   {"pixel", "pixels", "像素"},
	"fps":  {"frame per second", "frames per second", "帧每秒"},
	"dB":   {"decibel", "decibels", "分贝"},
	"mm":   {"millimetre", "millimetres", "毫米"},
	"cm":   {"centimetre", "centimetres", "厘米"},
	"km/h": {"kilometre per hour", "kilometres per hour", "公里每小时"},
	"km":   {"kilometre", "kilometres", "公里"},
	"kg":   {"kilogram", "kilograms", "公斤"},
	"mg":   {"milligram", "milligrams", "毫克"},
	"g":    {"gram", "grams", "克"},
	"W":    {"watt", "watts", "瓦"},
	"kW":   {"kilowatt", "kilowatts", "千瓦"},
	"V":    {"volt", "volts", "伏"},
}

// isUnit reports whether a number with what is written like a unit behind it
// is one: "the 1990s", "100s of them" and "4g" are not.
func (f found) isUnit() bool {
	number, space, name := f.groups[1], f.groups[2], f.groups[3]
	switch {
	case !f.apart():
		return false
	case space != "" || len(name) > 1:
		return true
	case name == "s":
		round := number[len(number)-1] == '0' && len(number) > 1
		return !round || !f.decade() && !strings.HasPrefix(f.tail, " of ")
	}
	return name == "h" || name == "W"
}

// decade reports whether a round number with an s is a time, or an age.
func (f found) decade() bool {
	digits, words := len(f.groups[1]), strings.Fields(f.head)
	if digits != 2 || len(words) == 0 {
		return digits == 4
	}
	return slices.Contains(strings.Fields("the early late mid my your his her their our and or"), strings.ToLower(words[len(words)-1]))
}

func englishUnit(f found) string {
	if !f.isUnit() {
		return ""
	}
	u := units[f.groups[3]]
	said := f.groups[1] + " " + u.many
	if f.groups[1] == "1" {
		said = f.groups[1] + " " + u.one
	}
	if f.groups[4] != "" {
		said += " per second"
	}
	return said
}

func chineseUnit(f found) string {
	if !f.isUnit() {
		return ""
	}
	said := f.groups[1] + units[f.groups[3]].chinese
	if f.groups[4] != "" {
		said += "每秒"
	}
	return said
}
