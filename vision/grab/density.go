package grab

import (
	"strconv"
	"strings"
)

// normal is the dots per inch at which an interface has the size that it was
// drawn for.
const normal = 96

// density is what the X resources say of the interface's scale, 0 if they do
// not. Desktops write the line Xft.dpi; what is written last holds.
func density(resources string) float64 {
	const least, most = normal / 4, normal * 16 // what is beyond is a slip
	said := 0.0
	for line := range strings.Lines(resources) {
		name, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(name) != "Xft.dpi" {
			continue
		}
		dpi, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err == nil && dpi >= least && dpi <= most {
			said = dpi / normal
		}
	}
	return said
}
