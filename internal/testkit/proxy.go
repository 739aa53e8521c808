package testkit

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Proxy stands between the program and its PostgreSQL, and can be told to behave like a network or a server in trouble.
// Safe for concurrent use.
type Proxy struct {
	Address string // the database's, by way of the proxy

	target   string
	listener net.Listener
	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at every change of mode
	mode     ProxyMode
	left     int  // how many pieces still pass; -1 = any number
	answers  bool // left counts what the database says, rather than what the program says
	open     map[net.Conn]bool
}

// ProxyMode is how a [Proxy] behaves.
type ProxyMode int

// The modes of a proxy.
const (
	Passing  ProxyMode = iota
	Refusing           // ends every connection, new ones before a byte
	Hanging            // takes connections and bytes, and passes nothing on
	Slow               // passes every piece on after slowness
)

// slowness is what a slow network adds to each piece, either way.
const slowness = 20 * time.Millisecond

// NewProxy starts a proxy to the database at a postgres:// address. It ends with the test.
func NewProxy(tb testing.TB, database string) *Proxy {
	tb.Helper()
	address, err := url.Parse(database)
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{target: address.Host, changed: make(chan struct{}), left: -1, open: map[net.Conn]bool{}}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		tb.Fatal(err)
	}
	address.Host = p.listener.Addr().String()
	p.Address = address.String()
	go p.serve()
	tb.Cleanup(func() { p.listener.Close(); p.Set(Refusing) })
	return p
}

// Set changes the mode. Connections of a mode before stay, unless the new one ends them.
func (p *Proxy) Set(mode ProxyMode) { p.set(mode, -1, false) }

// CutAfter lets so many more pieces pass of what the program says to the database, or of what that answers, then ends
// every connection, and refuses until Set.
func (p *Proxy) CutAfter(pieces int, answers bool) { p.set(Passing, pieces, answers) }

// Cut tells whether the connections were ended as CutAfter asked for.
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

// change is set under the lock.
func (p *Proxy) change(mode ProxyMode) {
	p.mode = mode
	close(p.changed)
	p.changed = make(chan struct{})
	if mode != Refusing {
		return
	}
	for conn := range p.open {
		conn.Close()
	}
}

func (p *Proxy) serve() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.connect(conn)
	}
}

func (p *Proxy) connect(program net.Conn) {
	defer program.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	if !p.join(program, server) {
		return
	}
	defer p.part(program, server)
	ended := make(chan struct{}, 2)
	go func() { p.copy(server, program, false); ended <- struct{}{} }()
	go func() { p.copy(program, server, true); ended <- struct{}{} }()
	<-ended
}

func (p *Proxy) join(both ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range both {
		p.open[conn] = true
	}
	return p.mode != Refusing
}

func (p *Proxy) part(both ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range both {
		delete(p.open, conn)
	}
}

// copy passes pieces on until an end closes, or somebody cuts.
func (p *Proxy) copy(to io.Writer, from io.Reader, answers bool) {
	piece := make([]byte, 32<<10)
	for {
		n, err := from.Read(piece)
		if n > 0 && p.admit(answers) {
			_, err = to.Write(piece[:n])
		}
		if err != nil {
			return
		}
	}
}

// admit waits until a piece may pass. It is false for one that may not.
func (p *Proxy) admit(answers bool) bool {
	for {
		mode, changed := p.look(answers)
		switch mode {
		case Passing:
			return true
		case Slow:
			time.Sleep(slowness)
			return true
		case Refusing:
			return false
		}
		<-changed
	}
}

// look takes one off the pieces that are left, and cuts at the first beyond them.
func (p *Proxy) look(answers bool) (ProxyMode, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answers == answers && p.left == 0 {
		p.left = -1
		p.change(Refusing)
	}
	if p.answers == answers && p.left > 0 {
		p.left--
	}
	return p.mode, p.changed
}
