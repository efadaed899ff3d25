//go:build linux || freebsd

package device

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jfreymuth/pulse/proto"

	"aside/audio"
)

// What makes an echo canceller ours, in the lists of the server.
const (
	ourEchoSource = "aside_without_echo"
	ourEchoSink   = "aside_answer"
	echoModule    = "module-echo-cancel"
)

// echoGroup begins what PipeWire calls the two ends of an echo canceller.
const echoGroup = "echo-cancel-"

// ends are the microphone and the loudspeaker of an echo canceller, and what
// they are made of: "" if the server does not say.
type ends struct {
	source, sink             string
	sourceMaster, sinkMaster string
}

func (e ends) ours() bool { return e.source == ourEchoSource }

// serve reports whether these are the ends for a microphone and a loudspeaker.
func (e ends) serve(microphone, loudspeaker string) bool {
	is := func(wanted, name, master string) bool { return wanted == name || master == "" || wanted == master }
	return e.source != "" && e.sink != "" &&
		is(microphone, e.source, e.sourceMaster) && is(loudspeaker, e.sink, e.sinkMaster)
}

// cancellers finds the echo cancellers that run, the user's own first.
func (g graph) cancellers() []ends {
	found := map[string]*ends{}
	at := func(group string) *ends {
		if found[group] == nil {
			found[group] = &ends{}
		}
		return found[group]
	}
	for _, s := range g.sources {
		if group := groupOf(s.Driver, s.ModuleIndex, s.Properties); group != "" && !isMonitor(s.SourceName) {
			e := at(group)
			e.source, e.sourceMaster = s.SourceName, property(s.Properties, masterDevice)
		}
	}
	for _, s := range g.sinks {
		if group := groupOf(s.Driver, s.ModuleIndex, s.Properties); group != "" {
			e := at(group)
			e.sink, e.sinkMaster = s.SinkName, property(s.Properties, masterDevice)
		}
	}
	var all []ends
	for _, e := range found {
		all = append(all, *e)
	}
	slices.SortFunc(all, func(a, b ends) int {
		return cmp.Or(btoi(a.ours())-btoi(b.ours()), strings.Compare(a.source, b.source))
	})
	return all
}

// masterDevice is the property that names the device behind a virtual one.
const masterDevice = "device.master_device"

// groupOf is what the two ends of an echo canceller have in common and with no
// other, "" for other devices.
func groupOf(driver string, module uint32, props proto.PropList) string {
	if group := property(props, "node.link-group"); strings.HasPrefix(group, echoGroup) {
		return group
	}
	if strings.HasPrefix(driver, echoModule) {
		return fmt.Sprint(module)
	}
	return ""
}

// behind returns the device behind ours, or the device itself.
func (g graph) behind(microphone, loudspeaker string) (string, string) {
	for _, e := range g.cancellers() {
		if !e.ours() {
			continue
		}
		if microphone == e.source {
			microphone = cmp.Or(e.sourceMaster, microphone)
		}
		if loudspeaker == e.sink {
			loudspeaker = cmp.Or(e.sinkMaster, loudspeaker)
		}
	}
	return microphone, loudspeaker
}

func (p *pulseServer) cancelEcho(ctx context.Context, microphone, loudspeaker string) (Pair, error) {
	return ask(ctx, p, func(c *conn) (Pair, error) { return pairFor(ctx, c, microphone, loudspeaker) })
}

func pairFor(ctx context.Context, c *conn, microphone, loudspeaker string) (Pair, error) {
	g, err := readGraph(ctx, c)
	if err != nil {
		return Pair{}, err
	}
	microphone, loudspeaker = g.behind(cmp.Or(microphone, g.server.DefaultSourceName), cmp.Or(loudspeaker, g.server.DefaultSinkName))
	switch {
	case microphone == "" || microphone == loudspeaker+monitorSuffix:
		return Pair{}, audio.ErrNoMicrophone
	case loudspeaker == "":
		return Pair{}, audio.ErrNoLoudspeaker
	}
	for _, e := range g.cancellers() {
		if !e.serve(microphone, loudspeaker) {
			continue
		}
		if e.ours() {
			return Pair{e.source, e.sink, true}, nil
		}
		return Pair{e.source, e.sink, false}, unloadOurs(ctx, c)
	}
	if err := unloadOurs(ctx, c); err != nil { // it is for other devices
		return Pair{}, err
	}
	ctx = context.WithoutCancel(ctx) // half made, it would listen
	if err := loadOurs(ctx, c, microphone, loudspeaker); err != nil {
		return Pair{}, err
	}
	return Pair{ourEchoSource, ourEchoSink, true}, suspendOurs(ctx, c, true)
}

func loadOurs(ctx context.Context, c *conn, microphone, loudspeaker string) error {
	if strings.ContainsAny(microphone+loudspeaker, " \t\n\"'\\") {
		return fmt.Errorf("device with a blank in its name: %w", audio.ErrEcho)
	}
	args := strings.Join([]string{
		"source_master=" + microphone, "sink_master=" + loudspeaker,
		"source_name=" + ourEchoSource, "sink_name=" + ourEchoSink,
		// PipeWire does not name the masters by itself.
		`source_properties="device.description='Aside: microphone without echo' ` + masterDevice + "=" + microphone + `"`,
		`sink_properties="device.description='Aside: answer' ` + masterDevice + "=" + loudspeaker + `"`,
		"aec_method=webrtc", "use_volume_sharing=0", "rate=48000", "channels=1",
		`aec_args="analog_gain_control=0 digital_gain_control=0"`,
	}, " ")
	err := c.request(ctx, &proto.LoadModule{Name: echoModule, Args: args}, &proto.LoadModuleReply{})
	if _, refused := errors.AsType[proto.Error](err); refused {
		return fmt.Errorf("load %s: %w: %w", echoModule, audio.ErrEcho, err)
	}
	return err
}

// unloadOurs unloads what loadOurs loaded, whoever called it.
func unloadOurs(ctx context.Context, c *conn) error {
	var modules proto.GetModuleInfoListReply
	if err := c.request(ctx, &proto.GetModuleInfoList{}, &modules); err != nil {
		return err
	}
	for _, m := range modules {
		if m.ModuleName != echoModule || !slices.Contains(strings.Fields(m.ModuleArgs), "source_name="+ourEchoSource) {
			continue
		}
		err := c.request(ctx, &proto.UnloadModule{ModuleIndex: m.ModuleIndex}, nil)
		if err != nil && !errors.Is(err, proto.ErrNoSuchEntity) {
			return err
		}
	}
	return nil
}

// suspendOurs closes the microphone of our echo canceller, or opens it again.
func suspendOurs(ctx context.Context, c *conn, suspend bool) error {
	err := c.request(ctx, &proto.SuspendSource{SourceIndex: proto.Undefined, SourceName: ourEchoSource, Suspend: suspend}, nil)
	if errors.Is(err, proto.ErrNoSuchEntity) {
		return nil // it is the user's own that is used, or ours is gone
	}
	return err
}

func (p *pulseServer) suspendEcho(ctx context.Context, suspend bool) error {
	return p.do(ctx, func(c *conn) error { return suspendOurs(ctx, c, suspend) })
}

func (p *pulseServer) dropEcho(ctx context.Context) error {
	return p.do(ctx, func(c *conn) error { return unloadOurs(ctx, c) })
}
