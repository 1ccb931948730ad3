struct part {
	long id;
	int n;
	int: 32;
};

struct odd {
	char c;
	int i;
} __attribute__((packed));

union slot {
	long whole;
	struct {
		char c;
		int i;
	} __attribute__((packed));
};

typedef struct {
	int x;
	int y;
} pair_t;

struct flex {
	int words[0];
};

struct holder {
	int kind;
	int: 32;
	union {
		struct {
			long id;
			int n;
			int: 32;
		};
		char pad;
	};
	union {
		long whole;
		struct {
			char c;
			int i;
		} __attribute__((packed));
	};
	struct {
		int x;
		int y;
	};
	long tail;
	long long: 64;
	struct {
		int words[0];
	};
};

struct tight {
	char k;
	struct {
		char c;
		int i;
	} __attribute__((packed));
};

