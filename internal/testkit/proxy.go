package testkit

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Proxy forwards connections to PostgreSQL, and can imitate a broken network or server. It is safe for concurrent use.
type Proxy struct {
	Address string // of the database, through the proxy

	target string

	mu      sync.Mutex
	mode    ProxyMode
	changed chan struct{}      // closed and replaced when the mode changes
	left    int                // chunks until the cut; -1 = no cut
	answers bool               // count the database's chunks, not the program's
	alive   context.Context    //nolint:containedctx // cancelled to end all connections
	end     context.CancelFunc // cancels alive
}

// ProxyMode is how a [Proxy] behaves.
type ProxyMode int

// The modes of a proxy.
const (
	Passing  ProxyMode = iota
	Refusing           // closes all connections, also new ones
	Hanging            // accepts connections and data, and forwards nothing
	Slow               // delays every chunk by slowness
)

const slowness = 20 * time.Millisecond

// NewProxy starts a proxy to the database at a postgres:// address, until the end of the test.
func NewProxy(tb testing.TB, database string) *Proxy {
	tb.Helper()
	address, err := url.Parse(database)
	if err != nil {
		tb.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	query := address.Query()
	query.Del("host") // a socket, before which host and port are ignored
	address.RawQuery = query.Encode()
	p := &Proxy{target: address.Host, changed: make(chan struct{}), left: -1}
	p.alive, p.end = context.WithCancel(context.Background())
	address.Host = listener.Addr().String()
	p.Address = address.String()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go p.forward(conn)
		}
	}()
	tb.Cleanup(func() { listener.Close(); p.Set(Refusing) })
	return p
}

// Set changes the mode. Open connections stay, unless the mode is Refusing.
func (p *Proxy) Set(mode ProxyMode) { p.set(mode, -1, false) }

// CutAfter forwards a number of chunks from the program, or of the database's answers, then refuses until Set.
func (p *Proxy) CutAfter(chunks int, answers bool) { p.set(Passing, chunks, answers) }

// Cut reports whether CutAfter has ended the connections.
func (p *Proxy) Cut() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mode == Refusing
}

func (p *Proxy) set(mode ProxyMode, left int, answers bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left, p.answers = left, answers
	p.change(mode)
}

// change needs the lock.
func (p *Proxy) change(mode ProxyMode) {
	p.mode = mode
	close(p.changed)
	p.changed = make(chan struct{})
	if mode == Refusing {
		p.end()
	} else if p.alive.Err() != nil {
		p.alive, p.end = context.WithCancel(context.Background())
	}
}

func (p *Proxy) forward(program net.Conn) {
	defer program.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	p.mu.Lock()
	alive := p.alive
	p.mu.Unlock()
	ended := make(chan struct{}, 2)
	go func() { p.copy(server, program, false); ended <- struct{}{} }()
	go func() { p.copy(program, server, true); ended <- struct{}{} }()
	select {
	case <-ended:
	case <-alive.Done():
	}
}

func (p *Proxy) copy(to io.Writer, from io.Reader, answers bool) {
	chunk := make([]byte, 32<<10)
	for {
		n, err := from.Read(chunk)
		if n > 0 && p.admit(answers) {
			_, err = to.Write(chunk[:n])
		}
		if err != nil {
			return
		}
	}
}

// admit waits until a chunk may pass, and reports whether it may.
func (p *Proxy) admit(answers bool) bool {
	for {
		p.mu.Lock()
		if p.answers == answers && p.left == 0 {
			p.left = -1
			p.change(Refusing)
		} else if p.answers == answers && p.left > 0 {
			p.left--
		}
		mode, changed := p.mode, p.changed
		p.mu.Unlock()
		switch mode {
		case Slow:
			time.Sleep(slowness)
			return true
		case Hanging:
			<-changed
		default:
			return mode == Passing
		}
	}
}
