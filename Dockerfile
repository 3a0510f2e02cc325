# The dashboard in a container: docker build -t inference-divide . && docker run -p 8501:8501 inference-divide
# Never tried: there was no Docker where this was written. A test holds that it names what exists.
FROM python:3.12-slim
RUN useradd --create-home reader && mkdir /app && chown reader /app
WORKDIR /app
USER reader
COPY --chown=reader . .
# Makes the environment and the first generation; `run` then finds both.
RUN python start.py build
# A container's own 127.0.0.1 cannot be reached from outside, so here the dashboard listens on every address. Whoever
# reaches the port sees everything and may upload: there is no login. Publish it to yourself alone with
# -p 127.0.0.1:8501:8501, or put a server that asks who it is in front.
ENV STREAMLIT_SERVER_ADDRESS=0.0.0.0 STREAMLIT_SERVER_HEADLESS=true
EXPOSE 8501
# What readers upload and what is fetched; name a volume to keep it: -v divide:/app/data
CMD ["python", "start.py", "run"]
