# mnist37 in a container; README.md has the two commands. It needs no GPU, so torch comes without CUDA:
# --build-arg PIP_EXTRA_INDEX_URL= takes the builds of the Python package index instead.
FROM python:3.11-slim

ARG PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
WORKDIR /src
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY pyproject.toml hatch_build.py README.md LICENSE app.py ./
COPY .streamlit .streamlit
COPY pages pages
COPY mnist37 mnist37
RUN pip install --no-cache-dir --no-deps .

# Runs are kept in a volume, which this user may write to.
RUN useradd --create-home mnist37 && install --directory --owner mnist37 /runs
USER mnist37
WORKDIR /home/mnist37
VOLUME /runs
ENV MNIST37_HOME=/runs

# The address in the links that are printed: this machine's, as the container's own is known to nobody.
ENV STREAMLIT_BROWSER_SERVER_ADDRESS=localhost
EXPOSE 8501
HEALTHCHECK --start-period=30s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/_stcore/health', timeout=5)"]
CMD ["mnist37", "serve", "--address", "0.0.0.0", "--port", "8501"]
