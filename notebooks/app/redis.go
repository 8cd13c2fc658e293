package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"
)

// push appends one integer to a list that is not full. It is a script, because Redis runs a script
// whole: of two copies of the app, only one gets the last place.
var push = redis.NewScript(1, `
if redis.call("LLEN", KEYS[1]) >= tonumber(ARGV[2]) then return false end
redis.call("RPUSH", KEYS[1], ARGV[1])
return redis.call("LRANGE", KEYS[1], 0, -1)`)

const list = "integers" // the key of our list in Redis

// shared is a Store in Redis: it outlives the app, and several copies of the app can use it at once.
type shared struct {
	connections *redis.Pool
	capacity    int
}

// newShared uses the Redis at an address such as redis://store:6379/0. The password is the content
// of a file, if one is named: a file can be kept from those who may read the settings.
func newShared(address, passwordFile string, capacity int) (*shared, error) {
	if found, err := url.Parse(address); err != nil || found.Scheme != "redis" || found.Hostname() == "" {
		return nil, fmt.Errorf("want an address like redis://store:6379/0, not %q", address)
	}
	options := []redis.DialOption{redis.DialConnectTimeout(time.Second)}
	if passwordFile != "" {
		password, err := os.ReadFile(passwordFile)
		if err != nil {
			return nil, err
		}
		options = append(options, redis.DialPassword(strings.TrimSpace(string(password))))
	}
	return &shared{capacity: capacity, connections: &redis.Pool{
		MaxIdle:     4,
		IdleTimeout: time.Minute,
		DialContext: func(ctx context.Context) (redis.Conn, error) {
			return redis.DialURLContext(ctx, address, options...)
		},
		// A connection that was kept may be one to a Redis that is gone.
		TestOnBorrowContext: func(ctx context.Context, c redis.Conn, _ time.Time) error {
			_, err := redis.DoContext(c, ctx, "PING")
			return err
		},
	}}, nil
}

func (s *shared) Add(ctx context.Context, n int64) ([]int64, error) {
	found, err := s.with(ctx, func(c redis.Conn) (any, error) { return push.DoContext(ctx, c, list, n, s.capacity) })
	if err == nil && found == nil {
		return nil, errFull
	}
	return redis.Int64s(found, err)
}

func (s *shared) All(ctx context.Context) ([]int64, error) {
	return redis.Int64s(s.with(ctx, func(c redis.Conn) (any, error) {
		return redis.DoContext(c, ctx, "LRANGE", list, 0, -1)
	}))
}

func (s *shared) Ping(ctx context.Context) error {
	_, err := s.with(ctx, func(c redis.Conn) (any, error) { return redis.DoContext(c, ctx, "PING") })
	return err
}

// with lends a connection to ask one thing with.
func (s *shared) with(ctx context.Context, ask func(redis.Conn) (any, error)) (any, error) {
	c, err := s.connections.GetContext(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return ask(c)
}
