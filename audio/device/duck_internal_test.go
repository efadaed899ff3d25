//go:build linux || freebsd

package device

import (
	"reflect"
	"testing"

	"github.com/jfreymuth/pulse/proto"
)

// plays is a stream of a program that the server remembers.
func plays(index uint32, program string, volume proto.Volume) *proto.GetSinkInputInfoReply {
	return &proto.GetSinkInputInfoReply{
		SinkInputIndex: index, VolumeWritable: true, ChannelVolumes: proto.ChannelVolumes{volume},
		Properties: proto.PropList{restoreID: proto.PropListString(program)},
	}
}

// The server gives a volume that was left low to every stream that the program
// starts.
func TestEveryStreamOfAProgramThatIsOwedGetsItsVolumeBack(t *testing.T) {
	owed := Ducked{Server: 1, Players: []Player{{Index: 4, Kind: "browser", Before: []uint32{1000}, During: []uint32{300}}}}
	d := lowered(proto.GetSinkInputInfoListReply{plays(7, "browser", 300), plays(8, "browser", 300), plays(9, "radio", 500)}, 1, 0.3, owed)
	want := []Player{
		{Index: 7, Kind: "browser", Before: []uint32{1000}, During: []uint32{300}},
		{Index: 8, Kind: "browser", Before: []uint32{1000}, During: []uint32{300}},
		{Index: 9, Kind: "radio", Before: []uint32{500}, During: []uint32{150}},
	}
	if !reflect.DeepEqual(d.Players, want) {
		t.Errorf("lowered are\n%+v, want\n%+v", d.Players, want)
	}
}

func TestAProgramThatIsOwedAndDoesNotPlayIsOwedStill(t *testing.T) {
	owed := Ducked{Server: 1, Players: []Player{
		{Index: 4, Kind: "browser", Before: []uint32{1000}, During: []uint32{300}},
		{Index: 5, Before: []uint32{1000}, During: []uint32{300}}, // nobody remembers it
	}}
	d := lowered(proto.GetSinkInputInfoListReply{plays(9, "radio", 500)}, 1, 0.3, owed)
	if len(d.Players) != 2 || d.Players[1].Kind != "browser" || d.Players[1].Index != proto.Undefined {
		t.Errorf("noted are %+v", d.Players)
	}
}
