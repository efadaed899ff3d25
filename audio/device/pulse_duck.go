//go:build linux || freebsd

package device

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"

	"github.com/jfreymuth/pulse/proto"
)

// restoreID is the property by which the server remembers the volume of a
// player from one of its streams to the next.
const restoreID = "module-stream-restore.id"

// sameVolume is how far apart two volumes may be that are the same: PipeWire
// rounds. A step that a person makes is ten times as large.
const sameVolume = uint32(proto.VolumeNorm) / 1000

// players lists the streams of other programs, and the server that has them.
func players(ctx context.Context, c *conn) (proto.GetSinkInputInfoListReply, uint32, error) {
	var server proto.GetServerInfoReply
	var all proto.GetSinkInputInfoListReply
	if err := c.request(ctx, &proto.GetServerInfo{}, &server); err != nil {
		return nil, 0, err
	}
	if err := c.request(ctx, &proto.GetSinkInputInfoList{}, &all); err != nil {
		return nil, 0, err
	}
	self := strconv.Itoa(os.Getpid())
	others := slices.DeleteFunc(all, func(s *proto.GetSinkInputInfoReply) bool {
		// What has no client is a part of the server, a loopback for instance.
		return s.ClientIndex == proto.Undefined || property(s.Properties, "application.process.id") == self
	})
	return others, server.Cookie, nil
}

func (p *pulseServer) duck(ctx context.Context, share float64, owed Ducked, keep func(Ducked) error) error {
	return p.do(ctx, func(c *conn) error {
		players, server, err := players(ctx, c)
		if err != nil {
			return err
		}
		d := lowered(players, server, share, owed)
		if err := keep(d); err != nil {
			return err
		}
		for _, s := range d.Players {
			if s.Index == proto.Undefined { // it is owed and does not play
				continue
			}
			if err := setVolume(ctx, c, s.Index, s.During); err != nil {
				return err
			}
		}
		return nil
	})
}

// lowered says which players are to be lowered, and how far. One that is still
// as low as an earlier time left its kind is owed the volume of before.
func lowered(players proto.GetSinkInputInfoListReply, server uint32, share float64, owed Ducked) Ducked {
	d := Ducked{Server: server}
	for _, s := range players {
		if !s.VolumeWritable || len(s.ChannelVolumes) == 0 {
			continue
		}
		q := Player{Index: s.SinkInputIndex, Kind: property(s.Properties, restoreID), Before: volumes(s.ChannelVolumes)}
		i := owed.find(q, q.Before, owed.Server == server)
		if s.Corked && i < 0 { // it pauses
			continue
		}
		if i >= 0 {
			q.Before = owed.Players[i].Before
		}
		for _, v := range q.Before {
			q.During = append(q.During, uint32(float64(v)*share))
		}
		d.Players = append(d.Players, q)
	}
	for _, q := range owed.Players {
		if q.Kind != "" && !slices.ContainsFunc(d.Players, func(o Player) bool { return o.Kind == q.Kind }) {
			q.Index = proto.Undefined
			d.Players = append(d.Players, q)
		}
	}
	return d
}

func (p *pulseServer) unduck(ctx context.Context, d Ducked) (Ducked, error) {
	return ask(ctx, p, func(c *conn) (Ducked, error) {
		players, server, err := players(ctx, c)
		if err != nil {
			return d, err
		}
		left := Ducked{Server: d.Server}
		seen := make([]bool, len(d.Players))
		for _, s := range players {
			now := volumes(s.ChannelVolumes)
			q := Player{Index: s.SinkInputIndex, Kind: property(s.Properties, restoreID)}
			i := d.find(q, now, d.Server == server)
			if i < 0 {
				continue
			}
			seen[i] = true
			if err := setVolume(ctx, c, s.SinkInputIndex, d.Players[i].Before); err != nil {
				return d, err
			}
		}
		for i, q := range d.Players {
			if !seen[i] && q.Kind != "" && !q.present(players, d.Server == server) {
				left.Players = append(left.Players, q)
			}
		}
		return left, nil
	})
}

// present reports whether a player is among those that there are.
func (q Player) present(players proto.GetSinkInputInfoListReply, sameServer bool) bool {
	return sameServer && slices.ContainsFunc(players, func(s *proto.GetSinkInputInfoReply) bool {
		return s.SinkInputIndex == q.Index
	})
}

// find returns the place of the player that q is, or whose kind it is, if it
// still has the volume that was set; else -1: it is gone, or the user has
// changed it.
func (d Ducked) find(q Player, now []uint32, sameServer bool) int {
	return slices.IndexFunc(d.Players, func(o Player) bool {
		is := sameServer && o.Index == q.Index || o.Kind != "" && o.Kind == q.Kind
		return is && slices.EqualFunc(o.During, now, func(a, b uint32) bool { return max(a, b)-min(a, b) <= sameVolume })
	})
}

func volumes(v proto.ChannelVolumes) []uint32 {
	var all []uint32
	for _, channel := range v {
		all = append(all, uint32(channel))
	}
	return all
}

func setVolume(ctx context.Context, c *conn, index uint32, v []uint32) error {
	req := &proto.SetSinkInputVolume{SinkInputIndex: index}
	for _, channel := range v {
		req.ChannelVolumes = append(req.ChannelVolumes, proto.Volume(channel))
	}
	err := c.request(ctx, req, nil)
	if errors.Is(err, proto.ErrNoSuchEntity) {
		return nil // it has ended
	}
	return err
}
