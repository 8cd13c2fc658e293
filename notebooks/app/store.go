package main

import (
	"context"
	"errors"
	"slices"
	"sync"
)

var errFull = errors.New("the store is full")

// Store keeps integers in the order in which they came. Its methods may be
// called from several goroutines at once.
type Store interface {
	// Add appends n and returns all integers, or errFull when there is no room.
	Add(ctx context.Context, n int64) ([]int64, error)
	// All returns all integers.
	All(ctx context.Context) ([]int64, error)
	// Ping returns an error when the store cannot be used now.
	Ping(ctx context.Context) error
}

// memory is a Store that forgets everything when the process ends.
type memory struct {
	mu       sync.Mutex
	capacity int
	integers []int64
}

func newMemory(capacity int) *memory {
	return &memory{capacity: capacity, integers: []int64{}} // not nil: it is [] in JSON, not null
}

func (m *memory) Add(_ context.Context, n int64) ([]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.integers) >= m.capacity {
		return nil, errFull
	}
	m.integers = append(m.integers, n)
	return slices.Clone(m.integers), nil
}

func (m *memory) All(context.Context) ([]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.integers), nil
}

func (m *memory) Ping(context.Context) error { return nil }
