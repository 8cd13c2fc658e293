package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// push appends one integer to a list that is not full. It is a script, because Redis runs a script
// whole: of two copies of the app, only one gets the last place.
var push = redis.NewScript(`
if redis.call("LLEN", KEYS[1]) >= tonumber(ARGV[2]) then return false end
redis.call("RPUSH", KEYS[1], ARGV[1])
return redis.call("LRANGE", KEYS[1], 0, -1)`)

func init() { redis.SetLogger(quiet{}) }

// quiet keeps the client's own lines out of a log in which each line is JSON: what matters of them comes back
// as an error.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

const list = "integers" // the key of our list in Redis

// shared is a Store in Redis: it outlives the app, and several copies of the app can use it at once.
type shared struct {
	client   *redis.Client
	capacity int
}

// newShared uses the Redis at an address such as redis://store:6379/0. The password is the content
// of a file, if one is named: a file can be kept from those who may read the settings.
func newShared(address, passwordFile string, capacity int) (*shared, error) {
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("want an address like redis://store:6379/0: %w", err)
	}
	if passwordFile != "" {
		password, err := os.ReadFile(passwordFile)
		if err != nil {
			return nil, err
		}
		options.Password = strings.TrimSpace(string(password))
	}
	options.DialTimeout, options.MaxRetries = time.Second, 1
	return &shared{redis.NewClient(options), capacity}, nil
}

func (s *shared) Add(ctx context.Context, n int64) ([]int64, error) {
	found, err := push.Run(ctx, s.client, []string{list}, n, s.capacity).StringSlice()
	if errors.Is(err, redis.Nil) {
		return nil, errFull
	}
	return integers(found, err)
}

func (s *shared) All(ctx context.Context) ([]int64, error) {
	return integers(s.client.LRange(ctx, list, 0, -1).Result())
}

func (s *shared) Ping(ctx context.Context) error { return s.client.Ping(ctx).Err() }

func integers(texts []string, err error) ([]int64, error) {
	if err != nil {
		return nil, err
	}
	found := make([]int64, len(texts))
	for i, text := range texts {
		if found[i], err = strconv.ParseInt(text, 10, 64); err != nil {
			return nil, fmt.Errorf("the list %q is not ours: %w", list, err)
		}
	}
	return found, nil
}
