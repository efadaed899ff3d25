//go:build linux || freebsd

package device

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/jfreymuth/pulse/proto"
)

// graph is what the server says of its devices.
type graph struct {
	server  proto.GetServerInfoReply
	sources proto.GetSourceInfoListReply
	sinks   proto.GetSinkInfoListReply
}

func readGraph(ctx context.Context, c *conn) (g graph, err error) {
	for _, q := range []struct {
		req   proto.RequestArgs
		reply proto.Reply
	}{
		{&proto.GetServerInfo{}, &g.server},
		{&proto.GetSourceInfoList{}, &g.sources},
		{&proto.GetSinkInfoList{}, &g.sinks},
	} {
		if err := c.request(ctx, q.req, q.reply); err != nil {
			return g, err
		}
	}
	return g, nil
}

// findSource asks for a microphone by its name.
func findSource(ctx context.Context, c *conn, name string) (Device, error) {
	var s proto.GetSourceInfoReply
	if err := c.request(ctx, &proto.GetSourceInfo{SourceIndex: proto.Undefined, SourceName: name}, &s); err != nil {
		return Device{}, err
	}
	return describe(s.SourceName, s.Device, s.Properties, false, s.Mute), nil
}

// listDevices asks for all devices. What records a loudspeaker is no
// microphone, unless the user has made it the default one.
func listDevices(ctx context.Context, c *conn) (Devices, error) {
	g, err := readGraph(ctx, c)
	if err != nil {
		return Devices{}, err
	}
	var d Devices
	// Ours is no choice of the user's: what is behind it is meant.
	microphone, loudspeaker := g.behind(g.server.DefaultSourceName, g.server.DefaultSinkName)
	for _, s := range g.sources {
		byDefault := s.SourceName == microphone
		if s.SourceName == ourEchoSource || isMonitor(s.SourceName) && (!byDefault || s.SourceName == loudspeaker+monitorSuffix) {
			continue
		}
		d.Microphones = append(d.Microphones, describe(s.SourceName, s.Device, s.Properties, byDefault, s.Mute))
	}
	for _, s := range g.sinks {
		if s.SinkName == ourEchoSink {
			continue
		}
		d.Loudspeakers = append(d.Loudspeakers, describe(s.SinkName, s.Device, s.Properties, s.SinkName == loudspeaker, s.Mute))
	}
	first := func(a, b Device) int { return btoi(b.Default) - btoi(a.Default) }
	slices.SortStableFunc(d.Microphones, first)
	slices.SortStableFunc(d.Loudspeakers, first)
	return d, nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// describe says what the server knows of a device; other describes it where
// the properties do not.
func describe(name, other string, props proto.PropList, byDefault, muted bool) Device {
	d := Device{
		Name: name, Description: other, Default: byDefault, Muted: muted,
		Headset: headset(name, props), Internal: property(props, "device.form_factor") == "internal",
	}
	if text := property(props, "device.description"); text != "" {
		d.Description = text
	}
	return d
}

func property(props proto.PropList, key string) string {
	if v, ok := props[key]; ok {
		return v.String()
	}
	return ""
}

// hardware is an address of Bluetooth, as names and properties write it.
var hardware = regexp.MustCompile(`(?i)(?:[0-9a-f]{2}[:_]){5}[0-9a-f]{2}`)

// unknownHeadset stands for the address of a Bluetooth device that has none.
const unknownHeadset = "bluetooth"

// headset returns the address of the Bluetooth device that a device is a part
// of, "" if it is none.
func headset(name string, props proto.PropList) string {
	address := property(props, "api.bluez5.address")
	if address == "" && property(props, "device.bus") != "bluetooth" && !strings.HasPrefix(name, "bluez_") {
		return ""
	}
	for _, s := range []string{address, name, property(props, "device.string"), property(props, "bluez.path")} {
		if at := hardware.FindString(s); at != "" {
			return strings.ToUpper(strings.ReplaceAll(at, "_", ":"))
		}
	}
	return unknownHeadset
}

// monitorSuffix ends the name of a source that records what a sink plays.
const monitorSuffix = ".monitor"

func isMonitor(source string) bool { return strings.HasSuffix(source, monitorSuffix) }
