package kafka

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/segmentio/kafka-go/protocol"
)

// maxResponse bounds what one answer of a broker may take in memory. A broker
// takes no request above 100 MiB by default, and answers little more.
const maxResponse = 256 << 20

// anyBroker sends a request to whichever broker answers.
const anyBroker int32 = -1

// correlation numbers requests. A connection carries one request at a time, so
// that every request may have the same number.
const correlation int32 = 1

// exchange is a request that goes over a pooled connection of kafka-go's
// Transport to a broker of our choice. The Transport would route by, and answer
// metadata requests from, a cache of up to some seconds of age.
type exchange struct {
	broker   int32
	clientID string
	request  protocol.Message
	// write and read replace how the request and its answer are laid out. Nil
	// is kafka-go's way.
	write func(w io.Writer, version int16, clientID string) error
	read  func(r io.Reader, version int16) (protocol.Message, error)

	version int16
}

// ApiKey returns the number of the request's API.
//
//lint:ignore ST1003 the name is that of protocol.Message
func (e *exchange) ApiKey() protocol.ApiKey { return e.request.ApiKey() }

// Broker says where to send it.
func (e *exchange) Broker(protocol.Cluster) (protocol.Broker, error) {
	return protocol.Broker{ID: e.broker}, nil
}

// Required takes note of the version that the broker and kafka-go agree on.
func (e *exchange) Required(versions map[protocol.ApiKey]int16) bool {
	e.version = versions[e.ApiKey()]
	return true
}

// RawExchange writes the request and reads its answer.
func (e *exchange) RawExchange(rw io.ReadWriter) (protocol.Message, error) {
	if err := e.writeTo(rw); err != nil {
		return nil, err
	}
	if e.read != nil {
		return e.read(rw, e.version)
	}
	id, res, err := protocol.ReadResponse(rw, e.ApiKey(), e.version)
	if err != nil {
		return nil, err
	}
	return &answer{res}, checkCorrelation(id)
}

// answer hides an answer from the Transport, which would take some of them as a
// reason to refresh its cache, and wait for that.
type answer struct{ message protocol.Message }

// ApiKey returns the number of the answer's API.
//
//lint:ignore ST1003 the name is that of protocol.Message
func (a *answer) ApiKey() protocol.ApiKey { return a.message.ApiKey() }

func (e *exchange) writeTo(w io.Writer) error {
	if e.write != nil {
		return e.write(w, e.version, e.clientID)
	}
	return protocol.WriteRequest(w, e.version, correlation, e.clientID, e.request)
}

func checkCorrelation(id int32) error {
	if id != correlation {
		return fmt.Errorf("answer to another request (number %d)", id)
	}
	return nil
}

// readBody reads one answer of at most that many bytes and returns it without
// size and correlation.
func readBody(r io.Reader, most int64) ([]byte, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := int64(binary.BigEndian.Uint32(head[:4])) - 4
	if size < 0 || size > most {
		return nil, fmt.Errorf("answer of %d bytes", size)
	}
	if err := checkCorrelation(int32(binary.BigEndian.Uint32(head[4:]))); err != nil {
		return nil, err
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, noEOF(err)
	}
	return body, nil
}

// noEOF makes the end of a connection within an answer an error.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// appendHeader appends a request's size (to be filled in by finish), API,
// version, correlation and client id.
func appendHeader(b []byte, key protocol.ApiKey, version int16, clientID string) []byte {
	b = append(b, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(key))
	b = binary.BigEndian.AppendUint16(b, uint16(version))
	b = binary.BigEndian.AppendUint32(b, uint32(correlation))
	return appendString(b, clientID)
}

func appendString(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(s)))
	return append(b, s...)
}
