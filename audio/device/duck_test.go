//go:build unix

package device_test

import (
	"encoding/json"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jfreymuth/pulse/proto"

	"aside/audio"
	"aside/audio/device"
)

// player lets another program play for half a minute, at a volume in percent,
// or at the one that the server remembers. The function it returns ends it.
func (r rig) player(name string, percent int) (end func()) {
	r.Helper()
	path := filepath.Join(r.TempDir(), "music.wav")
	if err := os.WriteFile(path, audio.WAV(tone(audio.RateListen, 30*time.Second, 300)), 0o600); err != nil {
		r.Fatal(err)
	}
	args := []string{"--client-name=" + name}
	if percent > 0 {
		args = append(args, "--volume="+strconv.Itoa(65536*percent/100))
	}
	stop, err := r.desk.Launch(r.desk.Command(r.Context(), "paplay", append(args, path)...))
	if err != nil {
		r.Fatal(err)
	}
	if err := r.desk.Until(r.Context(), name, func() bool { return len(r.volumes()[name]) > 0 }); err != nil {
		r.Fatal(err)
	}
	return func() {
		stop()
		if err := r.desk.Until(r.Context(), "the end of "+name, func() bool { return len(r.volumes()[name]) == 0 }); err != nil {
			r.Fatal(err)
		}
	}
}

// volumes are those of every stream that plays, by program and channel.
func (r rig) volumes() map[string][]int {
	r.Helper()
	out, err := r.desk.Command(r.Context(), "pactl", "--format=json", "list", "sink-inputs").Output()
	if err != nil {
		r.Fatal(err)
	}
	var listed []struct {
		Properties map[string]string `json:"properties"`
		Volume     map[string]struct {
			Value int `json:"value"`
		} `json:"volume"`
	}
	if err := json.Unmarshal(out, &listed); err != nil {
		r.Fatal(err)
	}
	all := map[string][]int{}
	for _, s := range listed {
		for _, channel := range slices.Sorted(maps.Keys(s.Volume)) {
			name := s.Properties["application.name"]
			all[name] = append(all[name], s.Volume[channel].Value)
		}
	}
	return all
}

func (r rig) wantVolumes(when string, want map[string][]int) {
	r.Helper()
	if got := r.volumes(); !maps.EqualFunc(got, want, slices.Equal[[]int]) {
		r.Errorf("volumes %s are %v, want %v", when, got, want)
	}
}

// duck lowers the others to 30 % and returns what was done.
func (r rig) duck(owed device.Ducked) (done device.Ducked) {
	r.Helper()
	if err := r.system.Duck(r.Context(), 0.3, owed, func(d device.Ducked) error { done = d; return nil }); err != nil {
		r.Fatal(err)
	}
	return done
}

func (r rig) unduck(d device.Ducked) (left device.Ducked) {
	r.Helper()
	left, err := r.system.Unduck(r.Context(), d)
	if err != nil {
		r.Fatal(err)
	}
	return left
}

// setVolume is the user's hand on the volume control.
func (r rig) setVolume(name, volume string) {
	r.Helper()
	all, err := r.desk.Loudspeakers(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	for _, s := range all {
		if s.Application == name {
			r.pactl("set-sink-input-volume", strconv.Itoa(s.Index), volume)
		}
	}
}

func TestOtherPlayersAreLoweredAndRestoredExactly(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		play := r.play()
		if err := write(r.Context(), play, tone(audio.RateSpeak, 100*time.Millisecond, 700)); err != nil {
			r.Fatal(err)
		}
		defer r.player("radio", 83)()
		defer r.player("film", 50)()
		before := r.volumes()
		d := r.duck(device.Ducked{})
		r.wantVolumes("while listening", map[string][]int{
			application: {65536}, "radio": {before["radio"][0] * 3 / 10}, "film": {before["film"][0] * 3 / 10},
		})
		if left := r.unduck(d); len(left.Players) != 0 {
			r.Errorf("%+v is left to do", left)
		}
		r.wantVolumes("afterwards", before)
		if err := play.Close(); err != nil {
			r.Error(err)
		}
	})
}

func TestAVolumeThatTheUserChangesMeanwhileIsKept(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		defer r.player("radio", 100)()
		defer r.player("film", 100)()
		d := r.duck(device.Ducked{})
		r.setVolume("radio", "32768")
		r.unduck(d)
		r.wantVolumes("afterwards", map[string][]int{"radio": {32768}, "film": {65536}})
	})
}

func TestNothingIsLoweredThatCannotBeNoted(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		defer r.player("radio", 100)()
		err := r.system.Duck(r.Context(), 0.3, device.Ducked{}, func(device.Ducked) error { return os.ErrPermission })
		r.wantError(err, os.ErrPermission)
		r.wantVolumes("afterwards", map[string][]int{"radio": {65536}})
	})
}

// The server remembers a player's volume from one stream to the next: the next
// song would stay low.
func TestThePlayerOfTheNextSongIsRestoredToo(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		r.pactl("load-module", "module-stream-restore", "restore_device=false")
		end := r.player("radio", 100)
		r.setVolume("radio", "60000")
		d := r.duck(device.Ducked{})
		end()
		left := r.unduck(d)
		if len(left.Players) != 1 {
			r.Fatalf("%+v is left to do, want one player", left)
		}
		end = r.player("radio", 0)
		r.wantVolumes("of the next song", map[string][]int{"radio": {18000}})
		d = r.duck(left)
		r.wantVolumes("while listening", map[string][]int{"radio": {18000}})
		end()
		defer r.player("radio", 0)() // it begins while Aside listens
		if left := r.unduck(d); len(left.Players) != 0 {
			r.Errorf("%+v is left to do", left)
		}
		r.wantVolumes("afterwards", map[string][]int{"radio": {60000}})
	})
}

// pausable is a player that can pause, which those of the shell cannot. It has
// nothing to play.
type pausable struct {
	rig
	conn   net.Conn
	client proto.Client
	stream uint32
}

func (r rig) pausable(name string) *pausable {
	r.Helper()
	conn, err := (&net.Dialer{}).DialContext(r.Context(), "unix", strings.TrimPrefix(r.desk.PulseServer, "unix:"))
	if err != nil {
		r.Fatal(err)
	}
	p := &pausable{rig: r, conn: conn}
	p.client.SetTimeout(10 * time.Second)
	p.client.Open(conn)
	var auth proto.AuthReply
	p.request(&proto.Auth{Version: p.client.Version(), Cookie: make([]byte, 256)}, &auth)
	p.client.SetVersion(auth.Version)
	p.request(&proto.SetClientName{Props: proto.PropList{"application.name": proto.PropListString(name)}}, &proto.SetClientNameReply{})
	var stream proto.CreatePlaybackStreamReply
	p.request(&proto.CreatePlaybackStream{
		SampleSpec: proto.SampleSpec{Format: proto.FormatInt16LE, Channels: 1, Rate: 16000}, ChannelMap: proto.ChannelMap{proto.ChannelMono},
		SinkIndex: proto.Undefined, BufferMaxLength: proto.Undefined, BufferTargetLength: proto.Undefined,
		BufferPrebufferLength: proto.Undefined, BufferMinimumRequest: proto.Undefined,
		ChannelVolumes: proto.ChannelVolumes{proto.VolumeNorm}, VolumeSet: true,
		Properties: proto.PropList{"media.name": proto.PropListString("song")},
	}, &stream)
	p.stream = stream.StreamIndex
	return p
}

func (p *pausable) request(req proto.RequestArgs, reply proto.Reply) {
	p.Helper()
	if err := p.client.Request(req, reply); err != nil {
		p.Fatal(err)
	}
}

func (p *pausable) pause(yes bool) {
	p.Helper()
	p.request(&proto.CorkPlaybackStream{StreamIndex: p.stream, Corked: yes}, nil)
}

func TestAPlayerThatPausesMeanwhileIsRestoredToo(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		p := r.pausable("radio")
		defer p.conn.Close()
		d := r.duck(device.Ducked{})
		r.wantVolumes("while listening", map[string][]int{"radio": {19660}})
		p.pause(true)
		if left := r.unduck(d); len(left.Players) != 0 {
			r.Errorf("%+v is left to do", left)
		}
		r.wantVolumes("afterwards", map[string][]int{"radio": {65536}})
		d = r.duck(device.Ducked{})
		if len(d.Players) != 0 {
			r.Errorf("%+v is lowered though it pauses", d)
		}
	})
}

// The server did not answer when the player was to be raised, and now it pauses.
func TestAPlayerThatIsOwedIsRestoredThoughItPauses(t *testing.T) {
	on(t, device.Pulse, func(r rig) {
		p := r.pausable("radio")
		defer p.conn.Close()
		owed := r.duck(device.Ducked{})
		p.pause(true)
		d := r.duck(owed)
		r.wantVolumes("while listening", map[string][]int{"radio": {19660}})
		if left := r.unduck(d); len(left.Players) != 0 {
			r.Errorf("%+v is left to do", left)
		}
		r.wantVolumes("afterwards", map[string][]int{"radio": {65536}})
	})
}
