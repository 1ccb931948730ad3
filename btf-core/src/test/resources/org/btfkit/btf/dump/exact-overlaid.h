struct turned {
	unsigned int early;
	unsigned char late;
	char: 8;
	short: 16;
};

struct over {
	union {
		struct {
			unsigned int a;
		} __attribute__((packed));
		struct {
			short: 16;
			unsigned int b;
		} __attribute__((packed));
		struct {
			int: 32;
			short: 16;
			unsigned char c;
		} __attribute__((packed));
		struct {
			long long: 64;
		} __attribute__((packed));
	} __attribute__((packed));
} __attribute__((packed));

union later {
	struct {
		unsigned int a;
	} __attribute__((packed));
	struct {
		short: 16;
		char: 8;
		unsigned int b;
	} __attribute__((packed));
	struct {
		long long: 64;
	} __attribute__((packed));
} __attribute__((packed));

